namespace SeniorIoT.Server.Households;

/// <summary>
/// The migration of <c>registry.db</c> from areas by name to areas by <see cref="Domain.Households.Area.Key"/>. What hung on a name hangs on every area of that name
/// afterwards, so that nobody who was told before is not told now; an account, which would then see more than one area, is left without a place instead and may not
/// come in. A name that no household carries stays, without a place.
/// </summary>
internal static class AreaSchema
{
    private const string Unplaced = "'·' || replace(replace(r.area, '%', '%25'), '·', '%B7')";

    private const string Key = $"CASE r.area WHEN 'district' THEN 'district' ELSE coalesce(area_key, {Unplaced}) END";

    /// <summary>For the migrations of <c>registry.db</c>.</summary>
    public static string Schema { get; } = $"""
        CREATE TABLE placed(named TEXT NOT NULL, kind TEXT NOT NULL, area_key TEXT NOT NULL, is_within INTEGER NOT NULL, PRIMARY KEY(named, area_key)) STRICT, WITHOUT ROWID;
        INSERT INTO placed
            SELECT DISTINCT sub_district, 'sub-district', replace(replace(sub_district, '%', '%25'), '·', '%B7') || '·', 0 FROM households;
        INSERT INTO placed
            SELECT DISTINCT committee, 'committee', replace(replace(sub_district, '%', '%25'), '·', '%B7') || '·' || replace(replace(committee, '%', '%25'), '·', '%B7'),
                committee = sub_district FROM households;

        UPDATE users AS r SET area = coalesce(
            (SELECT CASE count(*) WHEN 1 THEN max(area_key) END FROM placed WHERE named = r.area AND NOT is_within), {Unplaced}) WHERE area IS NOT NULL;

        {Place("responders", "position, name, phone, role")}
        {Place("rotas", "role, doc", $"role, json_set(doc, '$.Area', {Key})")}
        {Place("duty_swaps", "out_number, in_name, in_number, from_at, until_at, reason, made_by, role", order: "ORDER BY r.swap_id")}

        {Place("area_tellings", "language, digest_to", before: "CREATE TABLE channels_before AS SELECT * FROM area_channels;")}
        INSERT INTO area_channels(area, position, name, kind, url, secret)
            SELECT {Key}, position, name, r.kind, url, secret FROM channels_before AS r LEFT JOIN placed ON named = r.area AND NOT is_within;
        DROP TABLE channels_before;

        {PlaceScoped("rule_versions", "version, based_on, settings, shadow, shadow_run, shadow_since, at, user, note, household_id")}
        {PlaceScoped("ladder_versions", "priority, version, ladder, at, user, note")}

        DROP TABLE placed;
        """;

    // A committee that has the name of its own sub-district needs nothing of its own: whoever is told of the sub-district is told of it.
    private static string Place(string table, string columns, string? values = null, string order = "", string before = "") =>
        before + Rewrite(table, "area, " + columns, $"{Key}, {values ?? columns}", "NOT is_within", order);

    private static string PlaceScoped(string table, string columns) => Rewrite(
        table, "scope, area, " + columns, $"r.scope, CASE WHEN r.scope IN ('committee', 'sub-district') THEN coalesce(area_key, {Unplaced}) ELSE r.area END, {columns}", "kind = r.scope", "");

    private static string Rewrite(string table, string columns, string values, string condition, string order) => $"""
        CREATE TABLE before AS SELECT * FROM {table};
        DELETE FROM {table};
        INSERT INTO {table}({columns}) SELECT {values} FROM before AS r LEFT JOIN placed ON named = r.area AND {condition} {order};
        DROP TABLE before;
        """;
}
