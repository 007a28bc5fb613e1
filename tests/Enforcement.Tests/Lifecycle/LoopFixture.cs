using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Lifecycle;

/// <summary>
/// Two replicas of enforcement over one real redis-server, under a clock of the test's. Their background work stands still: tests drive its steps,
/// and go on with the other replica where the first is to have died.
/// </summary>
public sealed class LoopFixture : IAsyncLifetime
{
    private readonly string _secret = Path.GetTempFileName();
    private readonly string _signingKey = SigningKeys.Make(Path.GetTempPath());
    private readonly List<WebApplication> _replicas = [];
    private readonly List<GrpcChannel> _channels = [];
    private int _tenants;

    public RedisServer Redis { get; private set; } = null!; // set by InitializeAsync

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    public EnforcementService.EnforcementServiceClient Enforcement { get; private set; } = null!; // as above

    public EffectService.EffectServiceClient Effects { get; private set; } = null!; // as above

    public BulkService.BulkServiceClient Bulk { get; private set; } = null!; // as above

    public DataService.DataServiceClient Data { get; private set; } = null!; // as above

    public AppealService.AppealServiceClient Appeals { get; private set; } = null!; // as above

    public ReviewService.ReviewServiceClient Review { get; private set; } = null!; // as above

    public IDatabase Database => Part<RedisConnectionStore>().Multiplexer.GetDatabase();

    public KeySpace Keys => Part<KeySpace>();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, new string('s', 64));
        Redis = await RedisServer.StartAsync();
        await StartReplicaAsync();
        await StartReplicaAsync();
        var channel = _channels[0];
        (Enforcement, Effects, Bulk) = (new(channel), new(channel), new(channel));
        (Data, Appeals, Review) = (new(channel), new(channel), new(channel));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await Redis.DisposeAsync();
        File.Delete(_secret);
        File.Delete(_signingKey);
    }

    /// <summary>A part of a replica.</summary>
    internal T Part<T>(int replica = 0) where T : class => _replicas[replica].Services.GetRequiredService<T>();

    /// <summary>A replica with further settings; not started.</summary>
    internal WebApplication NewReplica(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken:KeyFile"] = _secret,
            ["People:KeyFile"] = _secret,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Metrics"] = "-1",
            ["Audit:SigningKeyFile"] = _signingKey,
            ["Work:Enabled"] = "false",
            ["Review:DoubleReviewShare"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return EnforcementHost.Create([], c => c.AddInMemoryCollection(all), s => s.AddSingleton<TimeProvider>(Time));
    }

    /// <summary>A tenant of one test.</summary>
    public string NewTenant() => $"tenant-{Interlocked.Increment(ref _tenants)}";

    public int ShardOf(string tenant, string account) => Keys.ShardOf(tenant, account);

    public Metadata AsService(string? tenant = null)
    {
        var headers = new Metadata { { "authorization", "Bearer " + Part<ServiceTokens>().Issue("test", ServiceTokens.Lifetime) } };
        if (tenant is not null)
        {
            headers.Add(AccessInterceptor.TenantHeader, tenant);
        }

        return headers;
    }

    public Metadata AsPerson(string name = "lead@test", params string[] tenants) => new()
    {
        {
            "authorization",
            "Bearer " + Part<PeopleTokens>().Issue(Person.Of(name, Person.EveryRole, tenants.Length == 0 ? [Person.AllTenants] : tenants), TimeSpan.FromHours(1))
        },
    };

    /// <summary>A platform's key.</summary>
    public async Task<Metadata> AsPlatformAsync(string tenant, params Scope[] scopes)
    {
        var key = await Part<ApiKeyStore>().CreateAsync(tenant, $"{tenant}-{Guid.NewGuid():N}"[..40], scopes.Length == 0 ? null : scopes.ToHashSet());
        return new Metadata { { AccessInterceptor.ApiKeyHeader, key! } }; // a new key has not existed
    }

    /// <summary>A post whose picture is in a bank: removed, with a strike, by <c>fraud.known</c>.</summary>
    public async Task<Decision> RemoveAsync(string tenant, string account, string post, string entry = "entry-1", long revision = 1, string text = "")
        => await DecideAsync(Request(tenant, account, post, entry, revision, text));

    /// <summary>A post that nothing is wrong with.</summary>
    public async Task<Decision> PassAsync(string tenant, string account, string post, long revision = 1) => await DecideAsync(Request(tenant, account, post, "", revision, ""));

    public async Task<Decision> DecideAsync(DecidePostRequest request)
    {
        // Intake binds the owner first.
        await Part<PostOwnerStore>().BindAsync(request.TenantId, request.Facts.PostId, request.Facts.AccountId);
        return (await Enforcement.DecidePostAsync(request, AsService())).Decision;
    }

    /// <summary>The request of a post, with a match of a bank entry unless that is empty.</summary>
    public DecidePostRequest Request(string tenant, string account, string post, string entry, long revision, string text)
    {
        var medium = "m_" + new string('a', 63) + (post.Length % 10);
        var request = new DecidePostRequest
        {
            TenantId = tenant,
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts
            {
                PostId = post,
                AccountId = account,
                Revision = revision,
                AuthorLanguage = "en",
                TextLength = text.Length,
                IntakeTime = Timestamp.FromDateTimeOffset(Time.GetUtcNow()),
                MediaIds = { medium },
                Fingerprint = "f-" + post,
            },
            Text = new TextSignals { Status = Contracts.V1.SignalStatus.Available, ModelVersion = "test", Language = "en" },
            Media = new MediaSignals { Status = Contracts.V1.SignalStatus.Available },
            ReviewText = text,
        };
        if (entry.Length > 0)
        {
            request.Media.Matches.Add(new Contracts.V1.BankMatch
            {
                MediaId = medium,
                BankId = "fraud",
                EntryId = entry,
                Category = Contracts.V1.HarmCategory.FraudSpam,
                Kind = Contracts.V1.HashKind.Sha256,
                Quality = 100,
            });
        }

        return request;
    }

    /// <summary>What is in force about an account, with nothing that a new decision about the same would change.</summary>
    public async Task<(int Level, List<string> Measures, List<string> Strikes)> StandingAsync(string tenant, string account)
    {
        var standing = await Enforcement.GetAccountStandingAsync(new GetAccountStandingRequest { AccountId = account, TenantId = tenant }, AsPerson());
        var measures = standing.AccountMeasures.Concat(standing.PostMeasures).Select(m => $"{m.PostId} {m.Kind} {m.Category} {m.ClauseId} {m.EndTime} {m.FromLadder}");
        return (standing.Level, [.. measures.Order(StringComparer.Ordinal)], [.. standing.Strikes.Select(s => $"{s.Category} {s.Weight} {s.CreateTime} {s.ExpireTime}")]);
    }

    /// <summary>The events of a shard.</summary>
    public async Task<List<WatchDecisionsResponse>> EventsAsync(string tenant, int shard)
        => [.. (await Database.StreamRangeAsync(KeySpace.Outbox(shard, tenant))).Select(e => WatchDecisionsResponse.Parser.ParseFrom((byte[]?)e["e"] ?? []))];

    /// <summary>The audited actions of a shard.</summary>
    internal async Task<List<ActionRecorded>> ActionsAsync(int shard)
        => [.. (await Database.StreamRangeAsync(KeySpace.Audit(shard))).Select(e => AuditEntry.Parser.ParseFrom((byte[])e["a"]!).Action).OfType<ActionRecorded>()];

    /// <summary>
    /// Everything that Redis holds, key by key, as Latin-1 text, what is compressed decompressed; but for the seals of the audit, which come whenever
    /// the clock moves.
    /// </summary>
    public async Task<Dictionary<string, string>> DumpAsync()
    {
        var dump = new Dictionary<string, string>(StringComparer.Ordinal);
        var server = Part<RedisConnectionStore>().Multiplexer.GetServers()[0];
        await foreach (var key in server.KeysAsync())
        {
            if (key.ToString().StartsWith("{audit", StringComparison.Ordinal) || key.ToString().Contains(":seal", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = await Database.KeyTypeAsync(key) switch
            {
                RedisType.String => [Plain(key.ToString(), await Database.StringGetAsync(key))],
                RedisType.Hash => (await Database.HashGetAllAsync(key)).SelectMany(h => new[] { h.Name, h.Value }),
                RedisType.Set => await Database.SetMembersAsync(key),
                RedisType.SortedSet => await Database.SortedSetRangeByRankAsync(key),
                RedisType.List => await Database.ListRangeAsync(key),
                RedisType.Stream => (await Database.StreamRangeAsync(key)).SelectMany(e => e.Values).SelectMany(v => new[] { v.Name, v.Value }),
                _ => Enumerable.Empty<RedisValue>(),
            };
            dump[key.ToString()] = string.Join('\n', parts.Select(p => System.Text.Encoding.Latin1.GetString((byte[]?)p ?? [])));
        }

        return dump;
    }

    private static RedisValue Plain(string key, RedisValue stored) => key.Split(':') switch
    {
        [_, _, "decision", ..] => StoredDecision.Unpack((byte[])stored!).ToByteArray(), // dumped keys have values
        [_, _, "ledger", ..] => string.Concat(StoredLedger.Read((byte[])stored!).Entries.Select(e => e.DecisionId + LedgerMapping.ToRecord(e, null))),
        _ => stored,
    };

    private async Task StartReplicaAsync()
    {
        var replica = NewReplica();
        _replicas.Add(replica);
        await replica.StartAsync();
        _channels.Add(GrpcChannel.ForAddress(replica.Endpoint(EndpointKind.Grpc)!));
    }
}
