using SeniorIoT.Server.Notices;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

public sealed class SignatureTests
{
    // The vectors that Twilio publishes for its request validators.
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";

    [Theory]
    [InlineData("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")]
    [InlineData("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    public void A_form_is_signed_as_the_provider_documents_it(string caller, string signature)
    {
        KeyValuePair<string, string>[] form =
        [
            new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("Caller", caller), new("From", caller), new("Digits", "1234"),
        ];
        Assert.Equal(signature, TwilioClient.Sign("12345", Url, form));
        var client = new TwilioClient(new HttpClient(), new TwilioOptions { AuthToken = "12345" });
        Assert.True(client.IsSigned(Url, form, signature));
        Assert.False(client.IsSigned(Url + "&x=1", form, signature));
        Assert.False(client.IsSigned(Url, form[1..], signature));
        Assert.False(client.IsSigned(Url, form, ""));
    }
}
