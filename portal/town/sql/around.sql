-- What lies beside a case: what it is found by (as `requests_app.indexing` writes it), questions, pauses, a paper, a
-- label, words, minutes of work.
INSERT INTO requests_app_searchkey (case_id, office_id, key, submitted_at)
SELECT id, office_id, unnest(keys || numbers), filed_at FROM town_cases;

INSERT INTO requests_app_informationrequest
  (case_id, token, fields, pieces, reasons, message, asked_by_id, asked_at, answered_at)
SELECT id, gen_random_uuid(), '[]', jsonb_build_array(piece), '{}', 'La photo est floue. Reprenez-la en plein jour.',
  clerk, asked_at, CASE WHEN answered THEN back_at WHEN over THEN ended_at END
FROM town_cases WHERE asked;

INSERT INTO requests_app_pause (case_id, began_at, ended_at, due_before, due_after)
SELECT id, asked_at, CASE WHEN answered THEN back_at WHEN over THEN ended_at END, promised_on,
  CASE WHEN answered THEN due_on END
FROM town_cases WHERE asked;

-- All rows name one small picture; those of long ago were erased, as the chore would have done.
INSERT INTO requests_app_evidence (case_id, piece, file, original_name, media_type, size, pages, sha256, uploaded_at,
  state, checked_at, purged_at)
SELECT id, piece, CASE WHEN kept THEN %(picture)s ELSE '' END, piece || '.jpg', 'image/jpeg', %(weight)s, 1,
  encode(sha256(('paper ' || id)::bytea), 'hex'), filed_at, CASE WHEN kept THEN 'AVAILABLE' ELSE 'PURGED' END,
  filed_at, CASE WHEN NOT kept THEN ended_at + make_interval(days => %(kept_days)s) END
FROM (SELECT *, NOT over OR ended_at > %(now)s::timestamptz - make_interval(days => %(kept_days)s) AS kept
  FROM town_cases WHERE NOT over OR asking < 100) AS papers;

INSERT INTO requests_app_caselabel (case_id, label_id, by_id, at)
SELECT id, (%(labels)s::bigint[])[1 + hand %% cardinality(%(labels)s::bigint[])], clerk, taken_at
FROM town_cases WHERE taken AND pg_temp.draw(n, %(seed)s + 10, 100) < CASE WHEN over THEN 1 ELSE 8 END;

INSERT INTO requests_app_message (case_id, from_applicant, internal, author_id, body, at)
SELECT id, true, false, NULL::bigint, 'Bonjour, où en est ma demande ? Merci.', filed_at + (taken_at - filed_at) / 2
FROM town_cases WHERE channel < 30
UNION ALL
SELECT id, false, true, clerk, 'Registre vérifié.', taken_at FROM town_cases WHERE taken AND other < 40;

INSERT INTO requests_app_handling (service_id, office_id, by_id, act, seconds, at)
SELECT service_id, office_id, clerk, CASE WHEN state = 'REJECTED' THEN 'reject' ELSE 'accept' END,
  120 + pg_temp.draw(n, %(seed)s + 11, 900), settled_at
FROM town_cases WHERE decided AND settled_at > %(now)s::timestamptz - interval '90 days';

-- One line of the journal for each act, chained afterwards, all together and in the order of time.
INSERT INTO town_lines
SELECT filed_at, 'case.submit', 'case:' || id, CASE WHEN channel BETWEEN 560 AND 959 THEN desk END, office_id, '',
  '{"service":"' || slug || '","version":' || number || '}' FROM town_cases
UNION ALL SELECT taken_at, 'case.take', 'case:' || id, clerk, office_id, '', '{}' FROM town_cases WHERE taken
UNION ALL SELECT asked_at, 'case.ask_information', 'case:' || id, clerk, office_id, '',
  '{"fields":[],"pieces":["' || piece || '"]}' FROM town_cases WHERE asked
UNION ALL SELECT back_at, 'case.answer', 'case:' || id, NULL, office_id, '', '{"fields":[]}'
  FROM town_cases WHERE answered
UNION ALL SELECT settled_at, 'case.accept', 'case:' || id, clerk, office_id, '', '{}' FROM town_cases
  WHERE decided AND state <> 'REJECTED'
UNION ALL SELECT settled_at, 'case.reject', 'case:' || id, clerk, office_id,
  (%(motive_codes)s::text[])[1 + hand %% cardinality(%(motives)s::bigint[])], '{}'
  FROM town_cases WHERE state = 'REJECTED'
UNION ALL SELECT fetchable_at, CASE WHEN by_staff THEN 'case.complete' ELSE 'case.make_ready' END, 'case:' || id,
  CASE WHEN by_staff THEN clerk END, office_id, '', '{}' FROM town_cases WHERE fetchable
UNION ALL SELECT ended_at, CASE state WHEN 'DELIVERED' THEN 'case.deliver' WHEN 'CLOSED' THEN 'case.close'
  ELSE 'case.withdraw' END, 'case:' || id, CASE state WHEN 'DELIVERED' THEN desk WHEN 'CLOSED' THEN clerk END, office_id, '', '{}'
  FROM town_cases WHERE over AND state <> 'REJECTED';
