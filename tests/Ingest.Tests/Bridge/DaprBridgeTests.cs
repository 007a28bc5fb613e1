using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Moderation.Ingest.Host.Bridge;
using Moderation.Ingest.Host.Pipeline;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using Xunit;

namespace Moderation.Ingest.Tests.Bridge;

/// <summary>Posts out of a topic, at the contract between a sidecar and its app.</summary>
public sealed class DaprBridgeTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private IServiceProvider Ingest => suite.Suite.Services(IngestHost.Name);

    private async Task<DaprBridge> StartAsync(string tenant, string deadLetterTopic = "", string tokenFile = "")
    {
        var options = new BridgeOptions { Enabled = true, Port = 0, AppTokenFile = tokenFile };
        options.Topics.Add(new BridgeTopic { PubSub = "broker", Topic = "posts", TenantId = tenant, DeadLetterTopic = deadLetterTopic });
        Assert.Empty(options.Violations());
        var bridge = new DaprBridge(
            Ingest.GetRequiredService<PostIntake>(), Ingest.GetRequiredService<ExceptionInterceptor>(), Options.Create(options), NullLogger<DaprBridge>.Instance);
        await bridge.StartAsync(TestContext.Current.CancellationToken);
        return bridge;
    }

    private static async Task<PostState> DecidedAsync(TenantClients tenant, string post)
    {
        // The same submission waits for the decision of the one that came by the topic.
        return (await tenant.Ingest.SubmitPostAsync(Posts.Submit(post))).State;
    }

    [Fact]
    public async Task Message_is_acknowledged_once_its_post_is_taken_in_and_coming_again_changes_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        await using var bridge = await StartAsync(tenant.Tenant);
        using var daprd = new Daprd(bridge.Address!);
        var body = Daprd.Envelope(JsonFormatter.Default.Format(Posts.Submit("p1")));

        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", body));
        var known = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" });
        Assert.Contains(known.State, new[] { PostState.Pending, PostState.Decided });
        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", body));
        Assert.Equal(PostState.Decided, await DecidedAsync(tenant, "p1"));
        Assert.Equal(1, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" })).Revision);
    }

    [Fact]
    public async Task Binary_and_textual_data_are_read_too()
    {
        var tenant = await suite.NewTenantAsync();
        await using var bridge = await StartAsync(tenant.Tenant);
        using var daprd = new Daprd(bridge.Address!);
        var binary = $$"""{"specversion":"1.0","id":"b","source":"s","type":"t","data_base64":"{{Convert.ToBase64String(Posts.Submit("p1").ToByteArray())}}"}""";
        var text = Daprd.Envelope(System.Text.Json.JsonSerializer.Serialize(JsonFormatter.Default.Format(Posts.Submit("p2"))));
        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", binary));
        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", text));
        Assert.Equal(PostState.Decided, await DecidedAsync(tenant, "p1"));
        Assert.Equal(PostState.Decided, await DecidedAsync(tenant, "p2"));
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("[]")]
    [InlineData("""{"specversion":"0.3","id":"1","data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"1"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","data":{"post":{"pots_id":"typo"}}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","data":{"post":{"postId":"p","accountId":"a","audience":"AUDIENCE_PRIVATE","text":"psst"}}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","data":{"post":{"postId":"bad id","accountId":"a","audience":"AUDIENCE_PUBLIC","text":"x"}}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","data_base64":"////"}""")]
    public async Task Message_that_can_never_become_a_post_goes_to_the_dead_letter_topic(string body)
    {
        var tenant = await suite.NewTenantAsync();
        await using var bridge = await StartAsync(tenant.Tenant, "posts-dead");
        using var daprd = new Daprd(bridge.Address!);
        Assert.Equal("DROP", await daprd.DeliverAsync("posts", body, attempts: 5));
        Assert.Equal(1, daprd.Deliveries);
        Assert.Equal([("posts-dead", body)], daprd.DeadLetters);
    }

    [Fact]
    public async Task Message_comes_again_while_the_store_is_away_and_is_taken_in_when_it_is_back()
    {
        await using var own = new SuiteFixture();
        await own.InitializeAsync();
        var tenant = await own.NewTenantAsync();
        var options = new BridgeOptions { Enabled = true, Port = 0 };
        options.Topics.Add(new BridgeTopic { PubSub = "broker", Topic = "posts", TenantId = tenant.Tenant, DeadLetterTopic = "posts-dead" });
        var services = own.Suite.Services(IngestHost.Name);
        await using var bridge = new DaprBridge(
            services.GetRequiredService<PostIntake>(), services.GetRequiredService<ExceptionInterceptor>(), Options.Create(options), NullLogger<DaprBridge>.Instance);
        await bridge.StartAsync(TestContext.Current.CancellationToken);
        using var daprd = new Daprd(bridge.Address!);
        var body = Daprd.Envelope(JsonFormatter.Default.Format(Posts.Submit("p1")));

        await own.Redis.KillAsync();
        Assert.Equal("RETRY", await daprd.DeliverAsync("posts", body));
        await own.Redis.StartAgainAsync();
        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", body, attempts: 1_000_000)); // until the connection is back
        Assert.Empty(daprd.DeadLetters);
        Assert.Equal(PostState.Decided, await DecidedAsync(tenant, "p1"));
    }

    [Fact]
    public async Task Sidecar_without_the_token_is_refused_and_its_message_stays_with_the_broker()
    {
        var tenant = await suite.NewTenantAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "the-token\n", TestContext.Current.CancellationToken);
        await using var bridge = await StartAsync(tenant.Tenant, tokenFile: file);
        using var stranger = new HttpClient { BaseAddress = bridge.Address };
        using var content = new StringContent("{}");
        Assert.Equal(401, (int)(await stranger.PostAsync("/bridge/0", content, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(401, (int)(await stranger.GetAsync("/dapr/subscribe", TestContext.Current.CancellationToken)).StatusCode);
        using var daprd = new Daprd(bridge.Address!, "the-token");
        Assert.Equal("SUCCESS", await daprd.DeliverAsync("posts", Daprd.Envelope(JsonFormatter.Default.Format(Posts.Submit("p1")))));
        File.Delete(file);
    }

    [Fact]
    public async Task Subscriptions_are_those_of_the_options()
    {
        var tenant = await suite.NewTenantAsync();
        await using var bridge = await StartAsync(tenant.Tenant, "posts-dead");
        using var daprd = new Daprd(bridge.Address!);
        var subscription = Assert.Single((await daprd.SubscriptionsAsync()).EnumerateArray());
        Assert.Equal(
            """{"pubsubname":"broker","topic":"posts","route":"/bridge/0","deadLetterTopic":"posts-dead"}""", subscription.GetRawText());
        Assert.True(bridge.Address!.IsLoopback);
    }

    [Fact]
    public void Wrong_options_are_told_with_their_key_and_value()
    {
        var options = new BridgeOptions { Enabled = true, Port = 70000, AppTokenFile = "/nowhere" };
        Assert.Equal(3, options.Violations().Count());
        options.Topics.Add(new BridgeTopic { PubSub = "broker", TenantId = "A B" });
        Assert.Contains("Bridge:Dapr:Topics:0:TenantId is 'A B'", string.Join('\n', options.Violations()), StringComparison.Ordinal);
    }
}
