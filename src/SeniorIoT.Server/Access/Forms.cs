namespace SeniorIoT.Server.Access;

/// <summary>Forms that anybody may send us: pages of ours and providers do, strangers try.</summary>
internal static class Forms
{
    /// <summary>The fields of a form; null when the request has none, or one that cannot be read. That is the sender's fault, and refused as such.</summary>
    public static async Task<IFormCollection?> TryReadFormAsync(this HttpRequest request)
    {
        if (!request.HasFormContentType) return null;
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null; // too many fields, or no form at all: the caller refuses it and says so
        }
    }
}
