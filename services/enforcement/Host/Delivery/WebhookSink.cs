using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>A secret that signs until its end.</summary>
internal sealed record SigningKey(string KeyId, byte[] Secret, DateTimeOffset? End);

/// <summary>One webhook: signs each event and posts it.</summary>
internal sealed class WebhookSink(Uri url, IReadOnlyList<SigningKey> keys, WebhookTransport transport, TimeProvider time) : IEventSink
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    public string Kind => "webhook";

    public Task<Attempt> SendAsync(WatchDecisionsResponse happened, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(Json.Format(happened));
        var now = time.GetUtcNow();
        var active = keys.Where(k => k.End is not { } end || end > now).ToList();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Add(request, "webhook-id", happened.EventId);
        Add(request, "webhook-timestamp", $"{now.ToUnixTimeSeconds()}");
        Add(request, "webhook-key-id", string.Join(' ', active.Select(k => k.KeyId)));
        Add(request, "webhook-signature", string.Join(' ', active.Select(k => WebhookSignature.Sign(k.Secret, happened.EventId, now, k.KeyId, body))));
        return transport.PostAsync(request, cancellationToken);
    }

    private static void Add(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
}
