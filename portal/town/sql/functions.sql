-- What the town is drawn from. Everything here goes away with the session.

-- A number below `most`, always the same for the same `n` and `salt`.
CREATE FUNCTION pg_temp.draw(n bigint, salt bigint, most bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (hashint8extended(n, salt) & 9223372036854775807) % most
$$;

-- A reference as `arrondissements.codes` writes it: eight symbols and their check. Two numbers never meet (the factor
-- has no divisor in common with 31), and the order does not show.
CREATE FUNCTION pg_temp.reference(n bigint, seed bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  rest bigint := ((n % 10000000) * 527103662545 + seed % 1000000007) % 852891037441;
  symbols constant text := '0123456789ABCDEFGHJKMNPQRSTVWXY';
  body text := '';
  total bigint := 0;
BEGIN
  FOR place IN 1..8 LOOP
    body := body || substr(symbols, (rest % 31)::int + 1, 1);
    total := total + place * (rest % 31);
    rest := rest / 31;
  END LOOP;
  RETURN body || substr(symbols, (total % 31)::int + 1, 1);
END $$;

-- The link of `arrondissements.journal`: SHA-256(previous ‖ seq on 8 bytes ‖ body).
CREATE FUNCTION pg_temp.link(previous bytea, head bytea, seq bigint, body bytea)
RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN sha256(coalesce(previous, head) || int8send(seq) || body);
END $$;
CREATE AGGREGATE pg_temp.chain(bytea, bigint, bytea) (SFUNC = pg_temp.link, STYPE = bytea);

CREATE TEMPORARY TABLE town_offices (
  i int PRIMARY KEY, office_id bigint, code text, home text,
  clerks bigint[], counter bigint[]
);
CREATE TEMPORARY TABLE town_matters (
  i int PRIMARY KEY, version_id bigint, service_id bigint, slug text, number int, answers jsonb, fee jsonb,
  place text, by_office boolean, surname text, given text, piece text, reason text, by_staff boolean
);
CREATE TEMPORARY TABLE town_promises (matter int, day date, promised_on date, PRIMARY KEY (matter, day));
CREATE TEMPORARY TABLE town_lines (at timestamptz, act text, obj text, by_id bigint, office_id bigint,
  reason text, details text);
