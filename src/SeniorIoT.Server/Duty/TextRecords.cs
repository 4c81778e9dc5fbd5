using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Duty;

/// <summary>What is known of texts to every number: from the notices, the tests and the answers. Read on demand, at most once in ten minutes.</summary>
internal sealed class TextRecords(AlertStore alerts, Registry registry, DutyOptions options, TimeProvider clock)
{
    /// <summary>For the migrations of <c>alerts.db</c>: the texts of the last weeks without the years before.</summary>
    public const string AlertIndex = "CREATE INDEX notices_texts ON notices (owed_at) WHERE channel = 'sms';";

    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);

    private volatile Known? _known;

    /// <summary>As of the last ten minutes.</summary>
    public Known Latest => _known is { } known && clock.GetUtcNow() - known.At is var age && age >= TimeSpan.Zero && age < KeepFor ? known : Refresh();

    /// <summary>Reads everything anew.</summary>
    public Known Refresh()
    {
        var now = clock.GetUtcNow();
        var texts = new Dictionary<string, Tally>();
        var rows = alerts.File.Read(connection => connection.Rows(
            "SELECT phone, state, owed_at, receipt_at FROM notices WHERE channel = 'sms' AND owed_at >= @since ORDER BY owed_at DESC",
            row => (Phone: row.GetString(0), State: (NoticeState)row.GetInt32(1), OwedAt: row.Instant(2), ReceiptAt: row.InstantOrNull(3)),
            ("@since", now - TimeSpan.FromDays(options.ReceiptDays))));
        foreach (var (phone, state, owedAt, receiptAt) in rows)
        {
            // What was never handed over says nothing about the person.
            if (state is NoticeState.NotSent or NoticeState.Owed or NoticeState.Sending || PhoneNumber.ToE164(phone) is not { } number) continue;
            if (!texts.TryGetValue(number, out var tally)) texts[number] = tally = new();
            tally.Newest.Add(new(owedAt, state));
            if (state == NoticeState.Delivered && !(tally.DeliveredAt >= receiptAt)) tally.DeliveredAt = receiptAt;
        }

        var (tested, heard) = registry.File.Read(connection => (
            connection.Rows("SELECT number, owed_at FROM test_texts", row => KeyValuePair.Create(row.GetString(0), row.Instant(1))).ToDictionary(),
            connection.Rows("SELECT number, at FROM heard_from", row => KeyValuePair.Create(row.GetString(0), row.Instant(1))).ToDictionary()));
        var known = new Known(now, texts, tested, heard, options);
        _known = known;
        return known;
    }

    /// <summary>Somebody answered by text, so texts get there. Call it with every text that comes in; <paramref name="phone"/> as the provider writes it.</summary>
    public Task HeardAsync(string phone) => PhoneNumber.ToE164(phone) is not { } number ? Task.CompletedTask : registry.File.WriteAsync(connection => connection.Run(
        "INSERT INTO heard_from VALUES(@number, @now) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)", ("@number", number), ("@now", clock.GetUtcNow())));

    /// <summary>Texts of one number while they are counted.</summary>
    internal sealed class Tally
    {
        public List<SentText> Newest { get; } = [];

        public DateTimeOffset? DeliveredAt { get; set; }
    }

    /// <summary>What was known at a moment.</summary>
    public sealed class Known
    {
        private readonly Dictionary<string, Tally> _texts;
        private readonly Dictionary<string, DateTimeOffset> _tested;
        private readonly Dictionary<string, DateTimeOffset> _heard;
        private readonly DutyOptions _options;
        private readonly bool _receiptsCome;

        public Known(DateTimeOffset at, Dictionary<string, Tally> texts, Dictionary<string, DateTimeOffset> tested, Dictionary<string, DateTimeOffset> heard, DutyOptions options)
        {
            (At, _texts, _tested, _heard, _options) = (at, texts, tested, heard, options);
            // A provider that sends no receipts proves nothing against anybody.
            _receiptsCome = _texts.Values.Any(tally => tally.DeliveredAt is not null);
        }

        /// <summary>When.</summary>
        public DateTimeOffset At { get; }

        /// <summary>Texts to a number in E.164; null: what is written is no number.</summary>
        public TextRecord Of(string? number)
        {
            if (number is null) return TextRecord.None;
            var tally = _texts.GetValueOrDefault(number);
            return new(tally is null ? [] : [.. tally.Newest], tally?.DeliveredAt, Last(_heard), Last(_tested));

            DateTimeOffset? Last(Dictionary<string, DateTimeOffset> times) => times.TryGetValue(number, out var at) ? at : null;
        }

        /// <summary>Whether texts get to a number as written.</summary>
        public Reach ReachOf(string phone) =>
            Reachability.Of(phone, Of(PhoneNumber.ToE164(phone)), _options.FailuresMax, TimeSpan.FromDays(_options.ReceiptDays), _receiptsCome, At);
    }
}
