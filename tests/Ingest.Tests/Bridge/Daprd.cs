using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Moderation.Ingest.Tests.Bridge;

/// <summary>
/// The other half of the sidecar's contract: asks the app for its subscriptions, posts messages to their routes, and does with each what
/// the answer says: SUCCESS ends it, RETRY and any failure bring it again, DROP puts it into the dead-letter topic.
/// </summary>
internal sealed class Daprd(Uri app, string? token = null) : IDisposable
{
    private readonly HttpClient _http = Client(app, token);

    /// <summary>What was put into each dead-letter topic.</summary>
    public List<(string Topic, string Body)> DeadLetters { get; } = [];

    /// <summary>How often a message was posted.</summary>
    public int Deliveries { get; private set; }

    public async Task<JsonElement> SubscriptionsAsync() => await _http.GetFromJsonAsync<JsonElement>("/dapr/subscribe", TestContext.Current.CancellationToken);

    /// <summary>Delivers a message until the app is done with it, or <paramref name="attempts"/> times.</summary>
    /// <returns>The last answer: SUCCESS, DROP, RETRY, or an HTTP status.</returns>
    public async Task<string> DeliverAsync(string topic, string body, int attempts = 1, Func<Task>? between = null)
    {
        var subscription = (await SubscriptionsAsync()).EnumerateArray().Single(s => s.GetProperty("topic").GetString() == topic);
        var answer = "";
        for (var i = 0; i < attempts; i++)
        {
            if (i > 0 && between is not null)
            {
                await between();
            }

            using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
            using var response = await _http.PostAsync(subscription.GetProperty("route").GetString(), content, TestContext.Current.CancellationToken);
            Deliveries++;
            answer = response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("status").GetString()!
                : $"{(int)response.StatusCode}";
            if (answer == "DROP" && subscription.TryGetProperty("deadLetterTopic", out var dead))
            {
                DeadLetters.Add((dead.GetString()!, body));
            }

            if (answer is "DROP" or "SUCCESS")
            {
                break;
            }
        }

        return answer;
    }

    /// <summary>The envelope that a sidecar makes of a JSON message.</summary>
    public static string Envelope(string data, string id = "m-1") => $$"""
        {"specversion":"1.0","id":"{{id}}","source":"backend","type":"com.dapr.event.sent","datacontenttype":"application/json","topic":"posts",
         "pubsubname":"broker","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{{data}}}
        """;

    public void Dispose() => _http.Dispose();

    private static HttpClient Client(Uri app, string? token)
    {
        var client = new HttpClient { BaseAddress = app };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }

        return client;
    }
}
