using System.Globalization;

namespace SeniorIoT.TimeSeries.Embedded;

internal sealed partial class MonthFiles
{
    /// <summary>
    /// How long a changed folder is listed again at every look. Two changes in quick succession may leave the folder with one and the
    /// same time, and the second must not be missed.
    /// </summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;

    /// <summary>Files that another process deleted or replaced while somebody here still reads them; closed by the last who leaves.</summary>
    private readonly HashSet<MonthFile> _replaced = [];

    private DateTime _folderChangedAt;
    private long _changeSeen;
    private bool _isSettled;

    /// <summary>The month that <see cref="DeleteAsync"/> is taking away: still on disk, but nobody may open it again.</summary>
    private int? _deleting;

    /// <summary>Under the lock.</summary>
    private void ListIfChanged()
    {
        var changedAt = Directory.GetLastWriteTimeUtc(_folder);
        if (changedAt == _folderChangedAt && _isSettled) return;
        if (changedAt != _folderChangedAt) _changeSeen = _clock.GetTimestamp();
        // Before the listing: what comes during it is then listed again.
        _folderChangedAt = changedAt;
        _isSettled = _clock.GetElapsedTime(_changeSeen) >= Unsettled;
        List();
    }

    private void List()
    {
        _months.Clear();
        foreach (var path in Directory.EnumerateFiles(_folder, $"{_prefix}??????{Suffix}"))
        {
            var digits = Path.GetFileName(path)[_prefix.Length..^Suffix.Length];
            if (DateOnly.TryParseExact(digits, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)) _months.Add(Calendar.MonthOf(month));
        }

        if (_deleting is { } leaving) _months.Remove(leaving);
        // An open file that is no longer the one on disk would take points into nowhere.
        foreach (var (month, file) in _open.Where(open => open.Key != _deleting && !IsOnDisk(open.Key, open.Value)).ToList())
        {
            _open.Remove(month);
            if (file.Users == 0) file.Dispose();
            else _replaced.Add(file);
        }
    }

    private bool IsOnDisk(int month, MonthFile file) => _months.Contains(month) && FileIdentity.Of(PathOf(month)) == file.Identity;
}
