using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// The month files of a folder: which exist, and which few are open. What other processes make and delete is noticed by the
/// folder's own time of change, which costs a look of some microseconds. Thread safe.
/// </summary>
internal sealed partial class MonthFiles
{
    private const string Suffix = ".db";

    private readonly Lock _lock = new();
    private readonly string _folder, _prefix;
    private readonly EmbeddedStoreOptions _options;
    private readonly SortedSet<int> _months = [];
    private readonly Dictionary<int, MonthFile> _open = [];
    private TaskCompletionSource? _left;
    private long _taken;
    private bool _isClosed;

    /// <summary>Finds the files of a family.</summary>
    /// <param name="folder">Where they are; made if need be, unless the store is read-only.</param>
    /// <param name="prefix">What their names begin with, such as <c>telemetry-</c>.</param>
    /// <param name="options">Limits.</param>
    /// <param name="clock">Tells how long ago the folder changed.</param>
    public MonthFiles(string folder, string prefix, EmbeddedStoreOptions options, TimeProvider clock)
    {
        (_folder, _prefix, _options, _clock) = (folder, prefix, options, clock);
        if (!options.IsReadOnly) Directory.CreateDirectory(folder);
        List();
    }

    /// <summary>The months in <c>[from, to]</c> that have a file, oldest first.</summary>
    public int[] Existing(int from, int to)
    {
        if (from > to) return [];
        lock (_lock)
        {
            ListIfChanged();
            return [.. _months.GetViewBetween(from, to)];
        }
    }

    public string PathOf(int month) => Path.Combine(_folder, $"{_prefix}{month / 12:D4}{month % 12 + 1:D2}{Suffix}");

    /// <summary>Runs a query on a month; does nothing when the month has no file, or no longer.</summary>
    /// <exception cref="IOException">The file cannot be read, or is damaged.</exception>
    public void Read(int month, Action<MonthReader> queries) => Use(month, isWrite: false, "read", file => file.Read(queries));

    /// <summary>Writes a batch in one transaction, creating the file if needed. One at a time.</summary>
    /// <exception cref="IOException">The disk refuses, or the file is damaged; nothing of the batch was written.</exception>
    public void Write(int month, MonthBatch batch) => Use(month, isWrite: true, "written", file => file.Write(batch));

    /// <summary>Forgets a month, waits until nobody reads it, and deletes its files. Not while a write is running.</summary>
    public async Task DeleteAsync(int month)
    {
        lock (_lock)
        {
            _deleting = month;
            _months.Remove(month);
        }

        try
        {
            await WhenLeftAsync(file => file == _open.GetValueOrDefault(month));
            lock (_lock)
            {
                if (_open.Remove(month, out var file)) file.Dispose();
            }

            // The log goes first: a log left alone could be taken for that of a new file of the same name.
            foreach (var end in (string[])["-wal", "-shm", ""]) File.Delete(PathOf(month) + end);
        }
        catch
        {
            lock (_lock) _months.Add(month);
            throw;
        }
        finally
        {
            lock (_lock) _deleting = null;
        }
    }

    /// <summary>Refuses further use, waits until nobody reads, and closes all files. Not while a write is running.</summary>
    public async Task CloseAsync()
    {
        lock (_lock) _isClosed = true;
        await WhenLeftAsync(_ => true);
        lock (_lock)
        {
            foreach (var file in _open.Values) file.Dispose();
            _open.Clear();
        }
    }

    private async Task WhenLeftAsync(Func<MonthFile, bool> isMeant)
    {
        while (true)
        {
            Task left;
            lock (_lock)
            {
                if (!_open.Values.Concat(_replaced).Any(file => file.Users > 0 && isMeant(file))) return;
                _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                left = _left.Task;
            }

            await left;
        }
    }

    private void Use(int month, bool isWrite, string purpose, Action<MonthFile> work)
    {
        try
        {
            if (Take(month, create: isWrite && !_options.IsReadOnly) is not { } file) return;
            try
            {
                work(file);
            }
            finally
            {
                Leave(file);
            }
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw new IOException(
                $"{PathOf(month)} cannot be {purpose}: {error.Message} Nothing was changed; free or mend the disk, or restore the file, and try again.", error);
        }
    }

    private MonthFile? Take(int month, bool create)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(EmbeddedStore));
            ListIfChanged();
            if (!create && !_months.Contains(month)) return null;
            if (!_open.TryGetValue(month, out var file))
            {
                CloseIdle();
                _open.Add(month, file = new MonthFile(PathOf(month), _options));
                _months.Add(month);
            }

            file.Users++;
            file.LastTaken = ++_taken;
            return file;
        }
    }

    private void Leave(MonthFile file)
    {
        lock (_lock)
        {
            file.Users--;
            if (file.Users == 0 && _replaced.Remove(file)) file.Dispose();
            _left?.SetResult();
            _left = null;
        }
    }

    /// <summary>Makes room for one more open file. Files in use stay, so for a moment there may be more than the limit.</summary>
    private void CloseIdle()
    {
        foreach (var (month, file) in _open.Where(open => open.Value.Users == 0).OrderBy(open => open.Value.LastTaken).ToList())
        {
            if (_open.Count < _options.OpenMonthsMax) return;
            _open.Remove(month);
            file.Dispose();
        }
    }
}
