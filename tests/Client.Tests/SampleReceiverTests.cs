using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Moderation.Client.Sample;
using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Client.Tests;

/// <summary>The sample, over HTTP, as the suite calls it.</summary>
public sealed class SampleReceiverTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Deliveries.Time);
    private readonly Effects _effects = new();
    private WebApplication _app = null!; // set by InitializeAsync, as is the next
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _app = SampleReceiver.Create([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"Webhooks:Secrets:{Deliveries.KeyId}"] = Deliveries.Shown(Deliveries.Secret) });
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSingleton<IEffectReporter>(_effects);
        });
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<HttpStatusCode> DeliverAsync(WatchDecisionsResponse happened, byte[]? secret = null)
    {
        var body = Deliveries.Body(happened);
        var seconds = Deliveries.Time.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/moderation") { Content = new ByteArrayContent(body) };
        request.Headers.Add("webhook-id", happened.EventId);
        request.Headers.Add("webhook-timestamp", $"{seconds}");
        request.Headers.Add("webhook-key-id", Deliveries.KeyId);
        request.Headers.Add("webhook-signature", Deliveries.Sign(happened.EventId, seconds, Deliveries.KeyId, body, secret));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private IReadOnlyCollection<SamplePost> Known => _app.Services.GetRequiredService<SamplePlatform>().Posts;

    [Fact]
    public async Task Decision_is_applied_and_reported_once_however_often_it_comes()
    {
        var happened = Deliveries.Decided("p1", 1, Deliveries.Time, MeasureKind.Remove, MeasureKind.WarnAccount);
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(happened));
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(happened));
        Assert.Equal(["Remove", "WarnAccount"], Assert.Single(Known).Measures);
        Assert.Equal(happened.Decided.DecisionId, Assert.Single(_effects.Reported).DecisionId);
    }

    [Fact]
    public async Task Decision_that_comes_late_changes_nothing()
    {
        await DeliverAsync(Deliveries.Decided("p1", 2, Deliveries.Time));
        await DeliverAsync(Deliveries.Decided("p1", 1, Deliveries.Time.AddMinutes(1), MeasureKind.Remove)); // an earlier revision
        await DeliverAsync(Deliveries.Decided("p1", 2, Deliveries.Time.AddMinutes(-1), MeasureKind.Remove)); // redriven
        Assert.Empty(Assert.Single(Known).Measures);
        await DeliverAsync(Deliveries.Decided("p1", 2, Deliveries.Time.AddMinutes(1), MeasureKind.Label)); // an appeal, say
        Assert.Equal(["Label"], Assert.Single(Known).Measures);
    }

    [Fact]
    public async Task Forged_and_stale_deliveries_are_refused_and_change_nothing()
    {
        var happened = Deliveries.Decided("p1", 1, Deliveries.Time, MeasureKind.Remove);
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(happened, new byte[32]));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(happened));
        Assert.Empty(Known);
    }

    [Fact]
    public async Task Withdrawn_post_is_gone_and_tests_and_resyncs_are_received()
    {
        await DeliverAsync(Deliveries.Decided("p1", 1, Deliveries.Time, MeasureKind.Remove));
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(new WatchDecisionsResponse { EventId = "w", Withdrawn = new PostWithdrawn { PostId = "p1" } }));
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(new WatchDecisionsResponse { EventId = "t", Tested = new WebhookTested() }));
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(new WatchDecisionsResponse { EventId = "r", ResyncRequired = new ResyncRequired { MissedEventCount = 3 } }));
        Assert.Empty(Known);
    }

    [Fact]
    public void Receiver_without_a_secret_does_not_start() => Assert.Throws<ArgumentException>(() => SampleReceiver.Create([]));

    private sealed class Effects : IEffectReporter
    {
        public List<SamplePost> Reported { get; } = [];

        public Task ReportAsync(SamplePost applied, CancellationToken cancellationToken)
        {
            Reported.Add(applied);
            return Task.CompletedTask;
        }
    }
}
