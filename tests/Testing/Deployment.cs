using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Testing;

/// <summary>The four services as processes, over a real redis-server.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private readonly string _secrets = Directory.CreateTempSubdirectory("moderation-secrets-").FullName;
    private readonly List<ServiceProcess> _services = [];

    private Deployment(RedisServer redis) => Redis = redis;

    /// <summary>The store.</summary>
    public RedisServer Redis { get; }

    /// <summary>The front door.</summary>
    public ServiceProcess Ingest { get; private set; } = null!; // set by StartAsync, the only way to make one

    /// <summary>All four, each after those that it calls.</summary>
    public IReadOnlyList<ServiceProcess> Services => _services;

    /// <summary>The secret that people's tokens are signed with.</summary>
    public string PeopleKeyFile => Path.Combine(_secrets, "people-token.key");

    /// <summary>The key of the one tenant.</summary>
    public string ApiKey { get; private set; } = "";

    /// <summary>Starts all, and returns when all are ready.</summary>
    /// <param name="tenant">The one tenant.</param>
    /// <param name="appendFsync">When Redis syncs its log: <c>always</c>, <c>everysec</c> or <c>no</c>.</param>
    /// <param name="environment">Further environment of the services, which wins.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<Deployment> StartAsync(
        string tenant, string appendFsync, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var deployment = new Deployment(await RedisServer.StartAsync("--appendfsync", appendFsync));
        try
        {
            await deployment.StartServicesAsync(tenant, environment, cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await Redis.DisposeAsync();
        Directory.Delete(_secrets, recursive: true);
    }

    private async Task StartServicesAsync(string tenant, IReadOnlyDictionary<string, string> further, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["Redis__ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken__KeyFile"] = MakeSecret("service-token.key"),
            ["People__KeyFile"] = MakeSecret("people-token.key"),
            ["Audit__SigningKeyFile"] = SigningKeys.Make(_secrets),
            ["Breakers__Enabled"] = "false", // load of one kind looks just like a rule gone wrong
        };
        var text = new ServiceProcess("text-classify", "TextClassify", environment);
        var media = new ServiceProcess("media-hash", "MediaHash", environment);
        var enforcement = new ServiceProcess("enforcement", "Enforcement", environment);
        Ingest = new ServiceProcess("ingest", "Ingest", environment);
        foreach (var caller in new[] { media, Ingest })
        {
            caller.Set("Services__TextClassify", text.Address);
            caller.Set("Services__MediaHash", media.Address);
            caller.Set("Services__Enforcement", enforcement.Address);
        }

        foreach (var service in new[] { text, media, enforcement, Ingest })
        {
            foreach (var (key, value) in further)
            {
                service.Set(key, value);
            }
        }

        _services.AddRange([text, media, enforcement, Ingest]);
        await Task.WhenAll(_services.Select(s => s.StartAsync(cancellationToken)));
        await using var store = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = Redis.ConnectionString }), new KeySpace(KeySpace.DefaultShardCount),
            NullLogger<RedisConnectionStore>.Instance);
        ApiKey = await new ApiKeyStore(store, TimeProvider.System).CreateAsync(tenant, tenant + "-test")
            ?? throw new InvalidOperationException("The key of a fresh installation exists.");
    }

    private string MakeSecret(string name)
    {
        var path = Path.Combine(_secrets, name);
        File.WriteAllText(path, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        return path;
    }
}
