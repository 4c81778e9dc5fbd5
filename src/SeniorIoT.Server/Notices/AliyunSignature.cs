using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Aliyun's request signature of version 3, <c>ACS3-HMAC-SHA256</c>, which replaced the HMAC-SHA1 one of RPC style: over method, path, sorted query,
/// sorted headers and the hash of the body.
/// </summary>
internal static class AliyunSignature
{
    private const string Algorithm = "ACS3-HMAC-SHA256";

    /// <summary>
    /// The value of <c>Authorization</c>. The headers that are signed are <c>host</c> and all that begin with <c>x-acs-</c>, in lower case; the hash is
    /// that of the body.
    /// </summary>
    public static string Authorization(
        string keyId, string keySecret, string method, string path, IEnumerable<KeyValuePair<string, string>> query, IReadOnlyDictionary<string, string> headers, string bodyHash)
    {
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(header => header.Key));
        var canonical = string.Join('\n', method, path, Query(query), string.Concat(sorted.Select(header => $"{header.Key}:{header.Value.Trim()}\n")), names, bodyHash);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(keySecret), Encoding.UTF8.GetBytes($"{Algorithm}\n{Hash(Encoding.UTF8.GetBytes(canonical))}"));
        return $"{Algorithm} Credential={keyId},SignedHeaders={names},Signature={Convert.ToHexStringLower(signature)}";
    }

    /// <summary>The query as it is signed, and as it must be sent.</summary>
    public static string Query(IEnumerable<KeyValuePair<string, string>> query) => string.Join('&', query
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A signed request of the SMS service.</summary>
    public static HttpRequestMessage Request(AliyunOptions options, string action, IReadOnlyDictionary<string, string> query, DateTimeOffset now, string nonce)
    {
        var bodyHash = Hash([]);
        var headers = new Dictionary<string, string>
        {
            ["host"] = options.BaseUrl.IsDefaultPort ? options.BaseUrl.Host : options.BaseUrl.Authority,
            ["x-acs-action"] = action,
            ["x-acs-version"] = "2017-05-25",
            ["x-acs-date"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["x-acs-signature-nonce"] = nonce,
            ["x-acs-content-sha256"] = bodyHash,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.BaseUrl, "/?" + Query(query)));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(options.AccessKeyId!, options.AccessKeySecret!, "POST", "/", query, headers, bodyHash));
        return request;
    }
}
