using System.CommandLine;
using SeniorIoT.Server.Certificates;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>certificates</c>.</summary>
internal static class CertificatesCommand
{
    /// <summary>The command with its parts.</summary>
    public static Command Create() => new("certificates", "Makes a district's own certificate authority, and certificates for its server and its devices.")
    {
        CreateInit(), CreateServer(), CreateDevice(),
    };

    private static Command CreateInit()
    {
        var folder = Folder("where to keep the authority; made if it is not there");
        var name = new Option<string>("--name") { Description = "name of the authority (default: SeniorIoT district)", DefaultValueFactory = _ => "SeniorIoT district" };
        var years = new Option<int>("--years") { Description = "how long it is valid (default: 20)", DefaultValueFactory = _ => 20 };
        var command = new Command("init", "Makes the authority: ca.pem, and ca-key.pem that only you can read.") { folder, name, years };
        command.SetAction(parsed => Open(parsed.GetRequiredValue(folder)).Init(parsed.GetRequiredValue(name), parsed.GetValue(years)));
        return command;
    }

    private static Command CreateServer()
    {
        var folder = Folder("the folder of the authority");
        var hosts = new Option<string[]>("--host") { Description = "a host name or IP address by which devices know the server; several times for several", Required = true };
        var days = new Option<int>("--days") { Description = "how long it is valid (default: 397)", DefaultValueFactory = _ => 397 };
        var command = new Command("server", "Issues the server's certificate: server.pem and server-key.pem.") { folder, hosts, days };
        command.SetAction(parsed => Open(parsed.GetRequiredValue(folder)).IssueServer(parsed.GetRequiredValue(hosts), parsed.GetValue(days)));
        return command;
    }

    private static Command CreateDevice()
    {
        var folder = Folder("the folder of the authority");
        var device = new Option<string>("--device") { Description = "the device's or gateway's id", Required = true };
        var request = new Option<string?>("--csr") { Description = "a signing request (PKCS #10, PEM) that the device made, so that its key never leaves it; without it a key is made too" };
        var days = new Option<int>("--days") { Description = "how long it is valid (default: 1825)", DefaultValueFactory = _ => 1825 };
        var command = new Command("device", "Issues a device's certificate: devices/ID.pem and, without --csr, devices/ID-key.pem.") { folder, device, request, days };
        command.SetAction(parsed => Open(parsed.GetRequiredValue(folder)).IssueDevice(parsed.GetRequiredValue(device), parsed.GetValue(request), parsed.GetValue(days)));
        return command;
    }

    private static Option<string> Folder(string help) => new("--folder") { Description = help, Required = true };

    private static CertificateFolder Open(string folder) => new(folder, TimeProvider.System, System.Console.Out);
}
