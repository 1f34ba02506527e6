-- One row for each case numbered low..high, oldest first: its person, its matter, its days, its state.
-- Every moment is in the past, and the moments of one case follow one another.
CREATE TEMPORARY TABLE town_cases ON COMMIT DROP AS
WITH numbered AS (
  SELECT n, %(base)s + n AS id, 1 - n::float8 / %(total)s AS age,
    pg_temp.draw(n, %(seed)s + 1, %(persons)s)::int AS person,
    pg_temp.draw(n, %(seed)s + 2, %(matters)s)::int AS matter,
    pg_temp.draw(n, %(seed)s + 3, 1000) AS fate,
    pg_temp.draw(n, %(seed)s + 4, 1000) / 1000.0::float8 AS pace,
    pg_temp.draw(n, %(seed)s + 5, 1000) AS asking,
    pg_temp.draw(n, %(seed)s + 6, 1000) AS channel,
    pg_temp.draw(n, %(seed)s + 7, 1000) AS other,
    pg_temp.draw(n, %(seed)s + 8, 60) AS hand,
    1 + pg_temp.draw(n, %(seed)s + 12, 3000) AS record_number, 1960 + pg_temp.draw(n, %(seed)s + 13, 60) AS record_year
  FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n
), placed AS (
  SELECT numbered.*, p.name, p.phone, p.surname AS surname_said, p.given AS given_said, p.keys, {derived},
    o.office_id, o.code, o.home,
    o.clerks[1 + hand %% cardinality(o.clerks)] AS clerk, o.counter[1 + hand %% cardinality(o.counter)] AS desk,
    least(
      %(midnight)s::timestamptz - make_interval(days => floor(age * %(days)s)::int)
        + make_interval(mins => 420 + pg_temp.draw(numbered.n, %(seed)s + 9, 660)::int, secs => hand),
      %(now)s::timestamptz - make_interval(mins => 1 + hand::int)
    ) AS filed_at,
    -- The newest are mostly with the office; a few of the old were forgotten there.
    CASE
      WHEN age < 0.02 THEN CASE WHEN fate < 520 THEN 'SUBMITTED' WHEN fate < 800 THEN 'UNDER_REVIEW'
        WHEN fate < 850 THEN 'NEEDS_INFORMATION' WHEN fate < 890 THEN 'ACCEPTED' WHEN fate < 950 THEN 'READY' END
      WHEN age < 0.06 THEN CASE WHEN fate < 60 THEN 'SUBMITTED' WHEN fate < 280 THEN 'UNDER_REVIEW'
        WHEN fate < 370 THEN 'NEEDS_INFORMATION' WHEN fate < 430 THEN 'ACCEPTED' WHEN fate < 600 THEN 'READY' END
      WHEN age < 0.1 THEN CASE WHEN fate < 40 THEN 'UNDER_REVIEW' WHEN fate < 70 THEN 'NEEDS_INFORMATION'
        WHEN fate < 80 THEN 'ACCEPTED' WHEN fate < 150 THEN 'READY' END
      WHEN fate < 1 THEN 'UNDER_REVIEW' WHEN fate < 4 THEN 'READY'
    END AS held
  FROM numbered JOIN town_persons p ON p.n = person JOIN town_offices o ON o.i = p.office
), judged AS (
  SELECT placed.*, m.version_id, m.service_id, m.slug, m.number, m.piece, m.reason, m.fee, m.by_staff,
    m.answers || jsonb_build_object(
      m.surname, surname_said, m.given, given_said, m.place, CASE WHEN m.by_office THEN code ELSE home END
    ) || CASE WHEN m.answers ? 'record_number' THEN jsonb_build_object(
      'record_number', record_number::text, 'record_year', record_year) ELSE '{}' END AS answers,
    CASE WHEN m.answers ? 'record_number' THEN ARRAY[record_number::text, record_number || '/' || record_year]
      ELSE ARRAY[]::text[] END AS numbers,
    coalesce(held, CASE WHEN other < 840 THEN 'DELIVERED' WHEN other < 920 THEN 'REJECTED' WHEN other < 950 THEN 'CLOSED'
      ELSE 'WITHDRAWN' END) AS state,
    t.promised_on,
    coalesce(t.promised_on - (filed_at AT TIME ZONE %(zone)s)::date, %(unpromised)s) * (0.2 + 1.1 * pace) AS took
  FROM placed JOIN town_matters m ON m.i = matter
  LEFT JOIN town_promises t ON t.matter = placed.matter AND t.day = (filed_at AT TIME ZONE %(zone)s)::date
), gone AS (
  SELECT judged.*,
    state <> 'SUBMITTED' AND NOT (state = 'WITHDRAWN' AND asking < 500) AS taken,
    state IN ('NEEDS_INFORMATION', 'CLOSED') OR (asking < 120 AND state NOT IN ('SUBMITTED', 'WITHDRAWN')) AS asked,
    %(now)s::timestamptz - filed_at AS room,
    make_interval(secs => 86400 * took) AS span
  FROM judged
), timed AS (
  SELECT gone.*,
    filed_at + least(span * 0.25, room * 0.2) AS taken_at,
    filed_at + least(span * 0.35, room * 0.3) AS asked_at,
    CASE WHEN state NOT IN ('NEEDS_INFORMATION', 'CLOSED') THEN filed_at + least(span * 0.7, room * 0.5) END AS back_at,
    filed_at + least(span, room * 0.7) AS settled_at,
    filed_at + least(span * 1.05, room * 0.8) AS fetchable_at,
    filed_at + least(span * (1.1 + pace * 3), room * 0.9) AS over_at
  FROM gone
)
SELECT timed.*,
  asked AND back_at IS NOT NULL AS answered,
  state IN ('ACCEPTED', 'READY', 'DELIVERED', 'REJECTED') AS decided,
  state IN ('READY', 'DELIVERED') AS fetchable,
  state IN ('DELIVERED', 'REJECTED', 'CLOSED', 'WITHDRAWN') AS over,
  CASE WHEN state = 'REJECTED' THEN settled_at ELSE over_at END AS ended_at,
  promised_on + CASE WHEN asked AND back_at IS NOT NULL
    THEN (back_at AT TIME ZONE %(zone)s)::date - (asked_at AT TIME ZONE %(zone)s)::date ELSE 0 END AS due_on
FROM timed
