using Moderation.Client;
using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class WebhookSignatureTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, WebhookSignature.SecretBytes).Select(i => (byte)i)];
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    // printf 'decided:d_1.1800000000.k_1.{"eventId":"decided:d_1"}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f -binary | base64
    private const string Published = "v1,4BD4EGhyqXH3xrUZkEqhrtcuojU56gCyHk4Dw9dFMR0=";

    [Fact]
    public void Signature_equals_the_one_that_openssl_makes()
        => Assert.Equal(Published, WebhookSignature.Sign(Secret, "decided:d_1", Time, "k_1", """{"eventId":"decided:d_1"}"""u8));

    [Fact]
    public void Verifier_of_the_client_library_takes_it_and_nothing_that_differs()
    {
        var verifier = new WebhookVerifier(new Dictionary<string, string> { ["k_1"] = WebhookSignature.Show(Secret) }, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Time));
        var body = "{}"u8.ToArray();
        var signature = WebhookSignature.Sign(Secret, "e1", Time, "k_1", body);
        Assert.Equal(WebhookFault.None, verifier.Verify("e1", "1800000000", "k_1", signature, body));
        Assert.Equal(WebhookFault.WrongSignature, verifier.Verify("e2", "1800000000", "k_1", signature, body));
        Assert.Equal(WebhookFault.WrongSignature, verifier.Verify("e1", "1800000001", "k_1", signature, body));
        Assert.Equal(WebhookFault.WrongSignature, verifier.Verify("e1", "1800000000", "k_1", signature, "{ }"u8));
        Assert.Equal(WebhookFault.UnknownKey, verifier.Verify("e1", "1800000000", "k_2", signature, body));
    }
}
