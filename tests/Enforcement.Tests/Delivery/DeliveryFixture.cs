using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.Enforcement.Host;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>A real redis-server, and replicas of enforcement whose lanes the tests step by hand, under a clock of their own.</summary>
public sealed class DeliveryFixture : IAsyncLifetime
{
    private readonly string _secret = Path.GetTempFileName();
    private readonly string _signingKey = SigningKeys.Make(Path.GetTempPath());
    private ConnectionMultiplexer? _direct;
    private int _tenants;

    public RedisServer Redis { get; private set; } = null!; // set by InitializeAsync

    internal KeySpace Keys { get; } = new(KeySpace.DefaultShardCount);

    internal IDatabase Database => _direct!.GetDatabase(); // as above

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, new string('s', 64));
        Redis = await RedisServer.StartAsync();
        _direct = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_direct is not null)
        {
            await _direct.DisposeAsync();
        }

        await Redis.DisposeAsync();
        File.Delete(_secret);
        File.Delete(_signingKey);
    }

    /// <summary>A tenant of one test.</summary>
    internal string NewTenant() => $"tenant-{Interlocked.Increment(ref _tenants)}";

    /// <summary>A replica; start it where the hosted parts are to run.</summary>
    internal WebApplication NewReplica(TimeProvider time, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken:KeyFile"] = _secret,
            ["Audit:SigningKeyFile"] = _signingKey,
            ["People:KeyFile"] = _secret,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Metrics"] = "-1",
            ["Logging:LogLevel:Default"] = "Critical", // failed deliveries are what these tests are about
            ["Delivery:KeyFile"] = _secret,
            ["Delivery:Webhooks:Enabled"] = "true",
            ["Delivery:Webhooks:AllowHttp"] = "true",
            ["Delivery:Webhooks:AllowedNetworks:0"] = "127.0.0.0/8",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return EnforcementHost.Create([], c => c.AddInMemoryCollection(all), s => s.AddSingleton(time));
    }

    /// <summary>An account that lives in <paramref name="shard"/>.</summary>
    internal string AccountIn(string tenant, int shard, int nth = 0)
        => Enumerable.Range(0, int.MaxValue).Select(i => $"account-{i}").Where(a => Keys.ShardOf(tenant, a) == shard).ElementAt(nth);

    /// <summary>Writes an event into the outbox, as the commit does.</summary>
    internal async Task<string> WriteAsync(string tenant, string account, string post, DateTimeOffset now)
    {
        var id = KeySpace.MintId('d', Keys.ShardOf(tenant, account), now);
        var happened = new WatchDecisionsResponse { EventId = "decided:" + id, Decided = DecisionOf(tenant, account, post, id, now) };
        await AppendAsync(tenant, account, new NameValueEntry(OutboxReader.EventField, happened.ToByteArray()));
        return happened.EventId;
    }

    /// <summary>Writes a reference to a decision into the outbox, and the decision beside it.</summary>
    internal async Task<string> WriteReferenceAsync(string tenant, string account, string post, DateTimeOffset now)
    {
        var shard = Keys.ShardOf(tenant, account);
        var id = KeySpace.MintId('d', shard, now);
        await Database.StringSetAsync(
            KeySpace.Decision(shard, id), StoredDecision.Pack(new DecisionRecord { Decision = DecisionOf(tenant, account, post, id, now) }).Bytes);
        await AppendAsync(tenant, account, new NameValueEntry(OutboxReader.DecisionField, id));
        return id;
    }

    internal Task<RedisValue> EndAsync(string tenant, int shard) => Database.StringGetAsync(KeySpace.OutboxSequence(shard, tenant));

    private async Task AppendAsync(string tenant, string account, params NameValueEntry[] fields)
    {
        var shard = Keys.ShardOf(tenant, account);
        var sequence = await Database.StringIncrementAsync(KeySpace.OutboxSequence(shard, tenant));
        await Database.StreamAddAsync(KeySpace.Outbox(shard, tenant), fields, $"{sequence}-0");
    }

    private static Decision DecisionOf(string tenant, string account, string post, string id, DateTimeOffset now) => new()
    {
        DecisionId = id,
        TenantId = tenant,
        AccountId = account,
        PostId = post,
        Revision = 1,
        Cause = "submit",
        Outcome = DecisionOutcome.NoAction,
        CreateTime = Timestamp.FromDateTimeOffset(now),
    };
}

/// <summary>One replica as a test drives it.</summary>
internal sealed class Replica(DeliveryFixture fixture, FakeTimeProvider time, string name, params (string Key, string Value)[] settings) : IAsyncDisposable
{
    private readonly WebApplication _app = fixture.NewReplica(time, settings);

    public IServiceProvider Services => _app.Services;

    public WebhookStore Webhooks => Services.GetRequiredService<WebhookStore>();

    /// <summary>Makes a webhook that begins with what is there.</summary>
    public async Task<(string KeyId, string Secret)> CreateWebhookAsync(string tenant, string id, string url, params string[] types)
    {
        var secret = System.Security.Cryptography.RandomNumberGenerator.GetBytes(WebhookSignature.SecretBytes);
        var record = new WebhookRecord
        {
            Webhook = new Webhook { TenantId = tenant, WebhookId = id, Url = url, State = WebhookState.Active, EventTypes = { types } },
            Secrets =
            {
                new WebhookSecret { KeyId = "k_1", Sealed = ByteString.CopyFrom(Services.GetRequiredService<SecretSealer>().Seal(secret, tenant, id, "k_1")) },
            },
        };
        var starts = await Services.GetRequiredService<OutboxReader>().StartsAsync(tenant);
        Assert.Equal(CreateResult.Created, await Webhooks.CreateAsync(record, starts, 16));
        return ("k_1", WebhookSignature.Show(secret));
    }

    /// <summary>The lane of an endpoint that has <paramref name="shard"/>.</summary>
    public async Task<DeliveryLane> LaneAsync(string tenant, string id, int shard)
    {
        var endpoint = (await Services.GetRequiredService<EndpointCatalogue>().EndpointsAsync()).Single(e => e.Tenant == tenant && e.Id == id);
        return new DeliveryLane(
            endpoint, shard % DeliveryEndpoint.Lanes, name, Services.GetRequiredService<LaneParts>(), NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Steps a lane as its runner would, without waiting.</summary>
internal static class LaneDriving
{
    /// <summary>Steps until there is nothing to do now.</summary>
    public static async Task<LaneStep> DrainAsync(this DeliveryLane lane)
    {
        for (var i = 0; i < 10_000; i++)
        {
            var step = await lane.StepAsync(TestContext.Current.CancellationToken);
            if (step.Progress != LaneProgress.Worked)
            {
                return step;
            }
        }

        throw new InvalidOperationException("The lane does not come to rest.");
    }

    /// <summary>Steps, and puts the clock on to when the next step is due, until <paramref name="done"/>.</summary>
    public static async Task DriveAsync(this DeliveryLane lane, FakeTimeProvider time, Func<bool> done)
    {
        for (var i = 0; i < 100_000 && !done(); i++)
        {
            var step = await lane.StepAsync(TestContext.Current.CancellationToken);
            if (step.Progress == LaneProgress.Idle && step.WakeTime > time.GetUtcNow())
            {
                time.SetUtcNow(step.WakeTime);
            }
        }

        Assert.True(done(), "The lane did not get there.");
    }
}
