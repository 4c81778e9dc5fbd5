using Microsoft.Data.Sqlite;

namespace SeniorIoT.Server.Storage;

/// <summary>Short forms for a command with named parameters. Instants are kept as Unix milliseconds.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    public static int Run(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var lent = new Lent(connection, sql, parameters);
        return lent.Command.ExecuteNonQuery();
    }

    /// <summary>Runs a query and maps each row.</summary>
    public static List<T> Rows<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var lent = new Lent(connection, sql, parameters);
        using var reader = lent.Command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    /// <summary>Whether a query returns a row.</summary>
    public static bool Has(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var lent = new Lent(connection, sql, parameters);
        using var reader = lent.Command.ExecuteReader();
        return reader.Read();
    }

    /// <summary>A text column, or null.</summary>
    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>An integer column, or null.</summary>
    public static long? IntegerOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>An instant.</summary>
    public static DateTimeOffset Instant(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    /// <summary>An instant, or null.</summary>
    public static DateTimeOffset? InstantOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    /// <summary>The first column of the first row, or <paramref name="otherwise"/> when there is none or it is NULL.</summary>
    public static T Scalar<T>(this SqliteConnection connection, string sql, T otherwise, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var lent = new Lent(connection, sql, parameters);
        return lent.Command.ExecuteScalar() is { } value and not DBNull ? (T)value : otherwise;
    }

    /// <summary>A command with named parameters, for statements that run often.</summary>
    public static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        Set(command, parameters);
        return command;
    }

    private static void Set(SqliteCommand command, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var isSame = command.Parameters.Count == parameters.Length; // as nearly always, run again
        if (!isSame) command.Parameters.Clear();
        for (var i = 0; i < parameters.Length; i++)
        {
            var (name, value) = parameters[i];
            var stored = (value is DateTimeOffset at ? at.ToUnixTimeMilliseconds() : value) ?? DBNull.Value;
            if (isSame) (command.Parameters[i].ParameterName, command.Parameters[i].Value) = (name, stored);
            else command.Parameters.AddWithValue(name, stored);
        }
    }

    /// <summary>A command for one use: of a connection that keeps them, or made for it.</summary>
    private readonly ref struct Lent
    {
        private readonly PreparedConnection? _owner;

        public Lent(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            _owner = connection as PreparedConnection;
            Command = _owner?.Take(sql) ?? connection.CreateCommand();
            if (_owner is null) Command.CommandText = sql;
            Set(Command, parameters);
        }

        public SqliteCommand Command { get; }

        public void Dispose()
        {
            if (_owner is null) Command.Dispose();
            else _owner.GiveBack(Command);
        }
    }
}
