namespace SeniorIoT.Console.Devices;

/// <summary>Kinds of devices and the states they can be in, as the API names them.</summary>
public static class DeviceKinds
{
    public static IReadOnlyList<string> All { get; } = ["water", "smoke", "sos", "gateway"];

    public static IReadOnlyList<string> States { get; } = ["new", "ok", "silent", "retired"];
}
