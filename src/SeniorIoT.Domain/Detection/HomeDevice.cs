namespace SeniorIoT.Domain.Detection;

/// <summary>A device of a home as the others see it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Noun">What it is, in a sentence: meter, detector or button.</param>
/// <param name="EnrolledAt">From here on it is expected to be heard.</param>
/// <param name="HeardAt">When it was last heard live; null when never.</param>
/// <param name="TestedAt">When a call of it last came through; null when none did.</param>
/// <param name="IsSilent">Whether it was not heard for longer than it should be.</param>
public sealed record HomeDevice(DeviceId Id, string Noun, DateTimeOffset EnrolledAt, DateTimeOffset? HeardAt, DateTimeOffset? TestedAt, bool IsSilent)
{
    /// <summary>From here on nothing is known of it: it was heard, or enrolled when that was later.</summary>
    public DateTimeOffset KnownUntil => HeardAt > EnrolledAt ? HeardAt.Value : EnrolledAt;
}

/// <summary>What the other devices of a home add to the evidence of an alert. They change nothing of it.</summary>
public static class HomeSigns
{
    /// <summary>
    /// For <c>no-water</c>: signs of life that are newer than the last use of water, and who cannot give any because it is silent; null
    /// when there is nothing to say.
    /// </summary>
    /// <param name="raised">The finding.</param>
    /// <param name="home">All devices of the home.</param>
    /// <param name="context">The meter that found it, and the clock of its home.</param>
    public static string? NoteFor(Finding.Raised raised, IEnumerable<HomeDevice> home, DeviceContext context)
    {
        var since = raised.Evidence.LastUseAt ?? raised.Evidence.FromAt;
        var sentences = home.Where(device => device.Id != context.DeviceId).SelectMany(device => SentencesOf(device, since, context)).ToArray();
        return sentences.Length == 0 ? null : string.Join(' ', sentences);
    }

    private static IEnumerable<string> SentencesOf(HomeDevice device, DateTimeOffset? since, DeviceContext context)
    {
        if (device.TestedAt > since) yield return $"The {device.Noun} {device.Id}, used at {context.Clock(device.TestedAt.Value)}: after the last use of water.";
        if (device.IsSilent)
            yield return device.HeardAt is { } heardAt
                ? $"The {device.Noun} {device.Id}, silent since {context.Clock(heardAt)}."
                : $"The {device.Noun} {device.Id}, never heard.";
    }
}
