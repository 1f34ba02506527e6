-- The lines of a stretch of time, linked to the head of the chain, which the caller holds.
WITH head AS (
  SELECT seq, digest FROM arrondissements_journalhead WHERE chain = 'acts'
), numbered AS (
  SELECT lines.*, head.digest AS head, head.seq + row_number() OVER (ORDER BY at, obj, act) AS seq
  FROM town_lines AS lines, head WHERE at >= %(since)s AND at < %(until)s
), written AS (
  SELECT *, convert_to(
    '{"act":"' || act || '","at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    || '","by":' || coalesce(by_id::text, 'null') || ',"details":' || details || ',"obj":"' || obj || '","office":'
    || office_id || ',"reason":"' || reason || '"}', 'UTF8') AS body
  FROM numbered
), linked AS (
  INSERT INTO arrondissements_journalentry (chain, seq, at, act, obj, by_id, office_id, reason, body, digest)
  SELECT 'acts', seq, at, act, obj, by_id, office_id, reason, body,
    pg_temp.chain(head, seq, body) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING)
  FROM written ORDER BY seq
  RETURNING seq, digest
)
UPDATE arrondissements_journalhead AS h SET seq = last.seq, digest = last.digest
FROM (SELECT seq, digest FROM linked ORDER BY seq DESC LIMIT 1) AS last WHERE h.chain = 'acts'
