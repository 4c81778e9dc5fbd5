namespace SeniorIoT.Server.Telemetry;

/// <summary>How far an export is. Written by the one who exports, read by anybody.</summary>
internal sealed class ExportProgress
{
    private int _homesDone;
    private long _rows, _bytes;

    /// <summary>Households that are in the file.</summary>
    public int HomesDone => Volatile.Read(ref _homesDone);

    /// <summary>Rows so far.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Bytes of the file so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void HomeDone() => Volatile.Write(ref _homesDone, _homesDone + 1);

    public void RowDone() => Volatile.Write(ref _rows, _rows + 1);

    public void BytesDone(int count) => Volatile.Write(ref _bytes, _bytes + count);
}

/// <summary>Writes an export to a stream.</summary>
internal static class ExportRun
{
    /// <summary>
    /// Writes the whole file. When it throws, what was written so far has no end and must not be taken for the file.
    /// </summary>
    /// <param name="source">Where telemetry is.</param>
    /// <param name="order">What to write.</param>
    /// <param name="meters">Whose, those of a household side by side.</param>
    /// <param name="output">Is written to and flushed, not closed. Need not be able to seek.</param>
    /// <param name="progress">Is kept up to date.</param>
    /// <param name="cancel">Breaks off.</param>
    public static async Task WriteAsync(
        ExportSource source, ExportOrder order, IReadOnlyList<ExportMeter> meters, Stream output, ExportProgress progress, CancellationToken cancel)
    {
        await using var counted = new CountedStream(output, progress);
        IExportWriter writer = order.Format == "parquet" ? new ParquetExportWriter(counted, order) : new CsvExportWriter(counted, order, source.Zone);
        for (var i = 0; i < meters.Count; i++)
        {
            await foreach (var row in source.ReadAsync(order, meters[i], cancel))
            {
                await writer.WriteAsync(row, cancel);
                progress.RowDone();
            }

            if (i + 1 == meters.Count || meters[i + 1].HouseholdId != meters[i].HouseholdId) progress.HomeDone();
        }

        await writer.CompleteAsync(cancel);
        await counted.FlushAsync(cancel);
    }

    /// <summary>
    /// Counts what goes through. Knows its position, which Parquet asks for, and cannot seek. What is written without waiting is kept
    /// until the next flush: a web server's body takes no such writes.
    /// </summary>
    private sealed class CountedStream(Stream inner, ExportProgress progress) : Stream
    {
        private readonly MemoryStream _kept = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => progress.Bytes;

        public override long Position
        {
            get => progress.Bytes;
            set => throw new NotSupportedException("A download only goes forward.");
        }

        public override void Flush()
        {
            // Only what waits for it may flush to the network.
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await PassKeptAsync(cancellationToken);
            await inner.FlushAsync(cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A download is only written.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A download only goes forward.");

        public override void SetLength(long value) => throw new NotSupportedException("A download only goes forward.");

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _kept.Write(buffer);
            progress.BytesDone(buffer.Length);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await PassKeptAsync(cancellationToken);
            await inner.WriteAsync(buffer, cancellationToken);
            progress.BytesDone(buffer.Length);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _kept.Dispose();
            base.Dispose(disposing);
        }

        private async ValueTask PassKeptAsync(CancellationToken cancel)
        {
            if (_kept.Length == 0) return;
            await inner.WriteAsync(_kept.GetBuffer().AsMemory(0, (int)_kept.Length), cancel);
            _kept.SetLength(0);
        }
    }
}
