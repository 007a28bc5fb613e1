using System.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Moderation.Client.Tests;

public sealed class WebhookVerifierTests
{
    // printf 'decided:d_1.1800000000.k_1.{"eventId":"decided:d_1"}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f -binary | base64
    private const string Published = "v1,4BD4EGhyqXH3xrUZkEqhrtcuojU56gCyHk4Dw9dFMR0=";
    private const string Id = "decided:d_1";
    private const string Timestamp = "1800000000";
    private static readonly byte[] Body = """{"eventId":"decided:d_1"}"""u8.ToArray();
    private readonly FakeTimeProvider _time = new(Deliveries.Time);

    private WebhookVerifier Verifier(params (string Id, byte[] Secret)[] more)
    {
        var secrets = new Dictionary<string, string> { [Deliveries.KeyId] = Deliveries.Shown(Deliveries.Secret) };
        foreach (var (id, secret) in more)
        {
            secrets[id] = Deliveries.Shown(secret);
        }

        return new WebhookVerifier(secrets, _time);
    }

    [Fact]
    public void Delivery_signed_by_openssl_is_taken()
        => Assert.Equal(WebhookFault.None, Verifier().Verify(Id, Timestamp, Deliveries.KeyId, Published, Body));

    [Theory]
    [InlineData("decided:d_2", Timestamp, Deliveries.KeyId, Published, WebhookFault.WrongSignature)]
    [InlineData(Id, "1800000001", Deliveries.KeyId, Published, WebhookFault.WrongSignature)]
    [InlineData(Id, Timestamp, "k_2", Published, WebhookFault.UnknownKey)]
    [InlineData(Id, Timestamp, Deliveries.KeyId, "v1,5BD4EGhyqXH3xrUZkEqhrtcuojU56gCyHk4Dw9dFMR0=", WebhookFault.WrongSignature)]
    [InlineData(Id, Timestamp, Deliveries.KeyId, "v1,4BD4", WebhookFault.WrongSignature)]
    [InlineData(Id, Timestamp, Deliveries.KeyId, "v2,4BD4EGhyqXH3xrUZkEqhrtcuojU56gCyHk4Dw9dFMR0=", WebhookFault.WrongSignature)]
    [InlineData(Id, Timestamp, Deliveries.KeyId, "v1,!!!", WebhookFault.WrongSignature)]
    [InlineData(null, Timestamp, Deliveries.KeyId, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, null, Deliveries.KeyId, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, "soon", Deliveries.KeyId, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, "-1", Deliveries.KeyId, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, "9223372036854775807", Deliveries.KeyId, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, Timestamp, null, Published, WebhookFault.MalformedHeader)]
    [InlineData(Id, Timestamp, Deliveries.KeyId, null, WebhookFault.MalformedHeader)]
    [InlineData(Id, Timestamp, "k_1 k_2", Published, WebhookFault.MalformedHeader)] // two keys, one signature
    public void Delivery_that_differs_is_refused(string? id, string? timestamp, string? keyIds, string? signatures, WebhookFault fault)
        => Assert.Equal(fault, Verifier().Verify(id, timestamp, keyIds, signatures, Body));

    [Fact]
    public void Body_that_differs_by_one_bit_is_refused()
    {
        for (var bit = 0; bit < Body.Length * 8; bit++)
        {
            var changed = (byte[])Body.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(WebhookFault.WrongSignature, Verifier().Verify(Id, Timestamp, Deliveries.KeyId, Published, changed));
        }
    }

    [Theory]
    [InlineData(300, WebhookFault.None)]
    [InlineData(301, WebhookFault.OutsideTolerance)]
    [InlineData(-300, WebhookFault.None)]
    [InlineData(-301, WebhookFault.OutsideTolerance)]
    public void Delivery_is_good_for_five_minutes(int secondsLater, WebhookFault fault)
    {
        var verifier = new WebhookVerifier(
            new Dictionary<string, string> { [Deliveries.KeyId] = Deliveries.Shown(Deliveries.Secret) }, new FakeTimeProvider(Deliveries.Time.AddSeconds(secondsLater)));
        Assert.Equal(fault, verifier.Verify(Id, Timestamp, Deliveries.KeyId, Published, Body));
    }

    [Fact]
    public void Delivery_signed_by_two_keys_is_taken_by_whoever_knows_one()
    {
        var other = Enumerable.Repeat((byte)7, 32).ToArray();
        var signatures = $"{Deliveries.Sign(Id, 1_800_000_000, "k_2", Body, other)} {Published}";
        Assert.Equal(WebhookFault.None, Verifier().Verify(Id, Timestamp, "k_2 k_1", signatures, Body));
        Assert.Equal(WebhookFault.None, Verifier(("k_2", other)).Verify(Id, Timestamp, "k_2 k_1", signatures, Body));
        Assert.Equal(WebhookFault.WrongSignature, Verifier().Verify(Id, Timestamp, "k_1 k_2", signatures, Body)); // the order belongs together
    }

    [Fact]
    public void Signed_body_that_is_no_event_is_unreadable_and_one_of_a_later_version_is_not()
    {
        Assert.False(Read("nonsense", out _, out var fault));
        Assert.Equal(WebhookFault.UnreadableBody, fault);
        Assert.True(Read("""{"eventId":"e","laterField":{"x":1}}""", out var happened, out _));
        Assert.Equal("e", happened);
    }

    [Theory]
    [InlineData("whsec_")]
    [InlineData("whsec_AAAA")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    public void Malformed_secret_is_refused_without_being_shown(string secret)
    {
        var failure = Assert.Throws<ArgumentException>(() => new WebhookVerifier(new Dictionary<string, string> { ["k_9"] = secret }));
        Assert.Contains("k_9", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAEC", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new WebhookVerifier(new Dictionary<string, string>()));
    }

    private bool Read(string text, out string id, out WebhookFault fault)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var headers = new Dictionary<string, string>
        {
            [WebhookVerifier.IdHeader] = "e",
            [WebhookVerifier.TimestampHeader] = Timestamp,
            [WebhookVerifier.KeyIdHeader] = Deliveries.KeyId,
            [WebhookVerifier.SignatureHeader] = Deliveries.Sign("e", 1_800_000_000, Deliveries.KeyId, body),
        };
        var good = Verifier().TryRead(headers.GetValueOrDefault, body, out var happened, out fault);
        id = happened?.EventId ?? "";
        return good;
    }
}
