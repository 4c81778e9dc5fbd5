namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>Who takes part: ids that follow from a prefix and numbers, and what an import needs to enrol them.</summary>
/// <param name="Prefix">Begins every id.</param>
/// <param name="Devices">Meters, each in a household of its own.</param>
/// <param name="Children">Meters behind a gateway; 0: each speaks for itself.</param>
/// <param name="Buttons">Buttons, each in a household of its own, behind <see cref="ButtonGateways"/> gateways.</param>
internal sealed record Roster(string Prefix, int Devices, int Children, int Buttons)
{
    /// <summary>Connections that the buttons share.</summary>
    public const int ButtonGateways = 8;

    /// <summary>Rows of a file that the server imports at a time.</summary>
    public const int RowsMax = 90_000;

    /// <summary>Names before the numbers.</summary>
    public string Meter => Prefix + "-w";

    /// <inheritdoc cref="Meter"/>
    public string Button => Prefix + "-b";

    /// <summary>Buttons behind each of their gateways.</summary>
    public int ButtonsEach => (Buttons + ButtonGateways - 1) / ButtonGateways;

    /// <summary>The gateway of some meters.</summary>
    public string Gateway(int number) => Message.IdOf(Prefix + "-g", number);

    /// <summary>The gateway of some buttons.</summary>
    public string ButtonGateway(int number) => Message.IdOf(Prefix + "-s", number);

    /// <summary>Who connects, without the buttons' gateways.</summary>
    public IEnumerable<string> Clients => Children == 0
        ? Enumerable.Range(0, Devices).Select(number => Message.IdOf(Meter, number))
        : Enumerable.Range(0, (Devices + Children - 1) / Children).Select(Gateway);

    /// <summary>Files for the server's import, in this order.</summary>
    public IEnumerable<string> Files() => Rows().Chunk(RowsMax).Select(rows => "household_id,address,committee,sub_district,device_id,kind,gateway_id\n" + string.Join('\n', rows) + "\n");

    private IEnumerable<string> Rows()
    {
        if (Children > 0)
        {
            foreach (var gateway in Clients) yield return $",,,,{gateway},gateway,";
        }

        for (var number = 0; number < Devices; number++)
        {
            yield return Row(Message.IdOf(Meter, number), "water", Children == 0 ? "" : Gateway(number / Children));
        }

        if (Buttons == 0) yield break;
        for (var number = 0; number < ButtonGateways; number++) yield return $",,,,{ButtonGateway(number)},gateway,";
        for (var number = 0; number < Buttons; number++) yield return Row(Message.IdOf(Button, number), "sos", ButtonGateway(number / ButtonsEach));
    }

    // A household has the id of its one device.
    private static string Row(string id, string kind, string gateway) => $"{id},load test,load test,load test,{id},{kind},{gateway}";
}
