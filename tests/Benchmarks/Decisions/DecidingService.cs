using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;

namespace Moderation.Benchmarks.Decisions;

/// <summary>What a post is decided to be.</summary>
internal enum PostKind
{
    /// <summary>No measure.</summary>
    Harmless,

    /// <summary>Loses reach: a measure with its notice and statement, no strike.</summary>
    Reduced,

    /// <summary>Removed: a strike, so the account's ledger is read and written as well.</summary>
    Removed,
}

/// <summary>enforcement alone, as a process, over a Redis of its own.</summary>
internal sealed class DecidingService : IAsyncDisposable
{
    public const string Tenant = "bench";
    private readonly string _secret = Path.GetTempFileName();
    private readonly string _signingKey = SigningKeys.Make(Path.GetTempPath());
    private readonly string _archive = Directory.CreateTempSubdirectory("moderation-archive-").FullName;
    private readonly KeySpace _keys = new(KeySpace.DefaultShardCount);
    private readonly RedisConnectionStore _connection;
    private readonly PostOwnerStore _owners;
    private readonly GrpcChannel _channel;
    private int _posts;

    private DecidingService(RedisServer redis, IConnectionMultiplexer store, int outboxLength)
    {
        (Redis, Store) = (redis, store);
        File.WriteAllText(_secret, new string('s', 64));
        _connection = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = redis.ConnectionString }), _keys, NullLogger<RedisConnectionStore>.Instance);
        _owners = new PostOwnerStore(_connection, TimeProvider.System);
        Process = new ServiceProcess("enforcement", "Enforcement", new Dictionary<string, string>
        {
            ["Redis__ConnectionString"] = redis.ConnectionString,
            ["ServiceToken__KeyFile"] = _secret,
            ["People__KeyFile"] = _secret,
            ["Review__SampleShare"] = "0",
            ["Retention__OutboxLength"] = outboxLength.ToString(CultureInfo.InvariantCulture),
            ["Breakers__Enabled"] = "false", // what is measured acts far more often in a day than a rule may
            ["Audit__SigningKeyFile"] = _signingKey,
            ["Audit__ArchiveDirectory"] = _archive,
            ["Audit__ArchiveInterval"] = "00:00:01",
            ["Audit__ArchiveDelay"] = "00:00:30",
        });
        _channel = GrpcChannel.ForAddress(Process.Address);
        var tokens = new ServiceTokens(Options.Create(new ServiceTokenOptions { KeyFile = _secret }), TimeProvider.System);
        Client = new EnforcementService.EnforcementServiceClient(_channel.Intercept(headers =>
        {
            headers.Add("authorization", "Bearer " + tokens.Issue("bench", ServiceTokens.Lifetime));
            return headers;
        }));
    }

    public RedisServer Redis { get; }

    public IConnectionMultiplexer Store { get; }

    public ServiceProcess Process { get; }

    public EnforcementService.EnforcementServiceClient Client { get; }

    /// <summary>Starts it.</summary>
    /// <param name="outboxLength">Events that an outbox keeps, about.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<DecidingService> StartAsync(CancellationToken cancellationToken, int outboxLength = 2000)
    {
        var redis = await RedisServer.StartAsync();
        var settings = ConfigurationOptions.Parse(redis.ConnectionString);
        settings.AllowAdmin = true; // it reads what Redis says of its memory
        var service = new DecidingService(redis, await ConnectionMultiplexer.ConnectAsync(settings), outboxLength);
        await service.Process.StartAsync(cancellationToken);
        return service;
    }

    /// <summary>A post with the signals of a text of 120 code points; 97 accounts write them.</summary>
    public DecidePostRequest Next(PostKind kind)
    {
        var number = Interlocked.Increment(ref _posts);
        var request = new DecidePostRequest
        {
            TenantId = Tenant,
            Cause = "submit",
            Facts = new PostFacts
            {
                PostId = $"post-{number:00000000}",
                AccountId = kind == PostKind.Removed ? $"account-{number:00000000}" : $"account-{number % 997:0000}",
                ChannelId = "channel-17",
                Revision = 1,
                AuthorLanguage = "en",
                TextLength = 120,
                LinkCount = 1,
                IntakeTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
                Fingerprint = number.ToString("x16", CultureInfo.InvariantCulture),
            },
            Text = new TextSignals { Status = SignalStatus.Available, ModelVersion = "moderation-text-v1@1f3a9c0d", Language = "en" },
            Media = new MediaSignals { Status = SignalStatus.NotApplicable },
            Counters = new AccountCounters { Posts1M = 1, Posts1H = 2, Posts1D = 5 },
        };
        foreach (var category in new[] { HarmCategory.Violence, HarmCategory.ViolentExtremism, HarmCategory.SexualContent, HarmCategory.FraudSpam, HarmCategory.Harassment, HarmCategory.Hate, HarmCategory.SelfHarm })
        {
            request.Text.Scores.Add(new CategoryScore { Category = category, Score = Score(category, kind) });
        }

        if (kind != PostKind.Harmless)
        {
            request.Text.Spans.Add(new TextSpan { Category = kind == PostKind.Removed ? HarmCategory.FraudSpam : HarmCategory.Hate, Start = 8, End = 21, Contribution = 2.3f });
        }

        return request;
    }

    /// <summary>Decides one post, and looks at what came of it.</summary>
    /// <param name="kind">What it is decided to be.</param>
    /// <param name="takenIn">Leave in the store what ingest leaves there at the intake: the owner and the hash of the content.</param>
    public async Task DecideAsync(PostKind kind, bool takenIn = false)
    {
        var request = Next(kind);
        if (takenIn)
        {
            var (post, account) = (request.Facts.PostId, request.Facts.AccountId);
            await _owners.BindAsync(Tenant, post, account);
            await Store.GetDatabase().HashSetAsync(KeySpace.Post(_keys.ShardOf(Tenant, account), Tenant, post), "c:1", new string('a', 32));
        }

        var decision = (await Client.DecidePostAsync(request)).Decision;
        var expected = kind switch { PostKind.Harmless => 0, PostKind.Reduced => 1, _ => 2 };
        if (decision.Measures.Count != expected)
        {
            throw new InvalidOperationException($"{decision.PostId} has {decision.Measures.Count} measures, {expected} were expected: what is measured must be that.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Process.DisposeAsync();
        await _connection.DisposeAsync();
        await Store.DisposeAsync();
        await Redis.DisposeAsync();
        File.Delete(_secret);
        File.Delete(_signingKey);
        Directory.Delete(_archive, recursive: true);
    }

    private static float Score(HarmCategory category, PostKind kind) => (category, kind) switch
    {
        (HarmCategory.Hate, PostKind.Reduced) => 0.6f,
        (HarmCategory.FraudSpam, PostKind.Removed) => 0.999f,
        _ => 0.01f,
    };
}
