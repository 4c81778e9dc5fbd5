using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Reporting;

/// <summary>
/// Minutes of people who went, for the accounts of a time bank: we say who was where for how long, and sign each row, so that the bank can tell that it
/// comes from here and was not changed. It decides what it is worth.
/// </summary>
internal sealed class TimeAccounts : IDisposable
{
    private readonly VisitStore _visits;
    private readonly TimeZoneInfo _zone;
    private readonly ECDsa _key;

    /// <summary>Reads the key in the data folder; makes one at the first time.</summary>
    public TimeAccounts(string dataFolder, VisitStore visits, TimeZoneInfo zone)
    {
        (_visits, _zone, _key) = (visits, zone, ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var file = Path.Combine(dataFolder, "time-accounts.pem");
        if (File.Exists(file))
        {
            _key.ImportFromPem(File.ReadAllText(file));
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var pem = new StreamWriter(file, options);
        pem.Write(_key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The public key, PEM: with it anybody can check a row.</summary>
    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>
    /// The rows of a month whose minutes are known, as CSV for spreadsheets (UTF-8 with a mark; cells that a spreadsheet would calculate are escaped). The phone
    /// number, as known when the visit was written down, tells people of one name apart; a user of the console has none. Everybody who was at a visit has a row; from the second on its id ends with <c>-2</c> and so on. The signature is ECDSA
    /// P-256 with SHA-256 over the other cells of the row before escaping, joined by line feeds, in UTF-8; DER, base64.
    /// </summary>
    public byte[] Csv(DateOnly month, AreaScope scope, PhoneSight sight)
    {
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, _zone);
        using var bytes = new MemoryStream();
        using (var csv = CsvWriter.Create(bytes, new CsvWriterOptions { Injection = CsvInjection.Escape, WriteByteOrderMark = true, NewLine = "\r\n" }, leaveOpen: true))
        {
            csv.WriteRecord((string[])["record_id", "person", "phone", "household_id", "date", "minutes", "kind", "outcome", "signature"]);
            foreach (var (n, one, row) in _visits.List(scope.Area, null, from, until).Where(row => row.Visit.Kind != VisitKind.Phone).OrderBy(row => row.Visit.At)
                .SelectMany(row => row.Visit.People.Select((one, i) => (i + 1, one, row))))
            {
                if (one.Minutes is not { } minutes) continue;
                string[] cells =
                [
                    n == 1 ? row.Visit.Id : $"{row.Visit.Id}-{n}", one.Name, sight.Show(one.Id) ?? "", row.Visit.Household.Value,
                    TimeZoneInfo.ConvertTime(row.Visit.At, _zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    minutes.ToString(CultureInfo.InvariantCulture), row.Visit.Kind, row.Visit.Outcome,
                ];
                csv.WriteRecord((string[])[.. cells, Sign(cells)]);
            }
        }

        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private string Sign(string[] cells) =>
        Convert.ToBase64String(_key.SignData(Encoding.UTF8.GetBytes(string.Join('\n', cells)), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
