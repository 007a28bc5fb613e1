using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;

namespace Moderation.Resilience;

/// <summary>The four services as processes, over a real redis-server that syncs each write.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly string _secrets = Directory.CreateTempSubdirectory("moderation-secrets-").FullName;
    private readonly List<ServiceProcess> _services = [];

    private Deployment(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public ServiceProcess Ingest { get; private set; } = null!; // set by StartAsync, the only way to make one

    public IReadOnlyList<ServiceProcess> Services => _services;

    public string ApiKey { get; private set; } = "";

    public static async Task<Deployment> StartAsync(CancellationToken cancellationToken)
    {
        var deployment = new Deployment(await RedisServer.StartAsync("--appendfsync", "always"));
        try
        {
            await deployment.StartServicesAsync(cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await Redis.DisposeAsync();
        Directory.Delete(_secrets, recursive: true);
    }

    private async Task StartServicesAsync(CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["Redis__ConnectionString"] = Redis.ConnectionString,
            ["ServiceToken__KeyFile"] = MakeSecret("service-token.key"),
            ["People__KeyFile"] = MakeSecret("people-token.key"),
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

        _services.AddRange([text, media, enforcement, Ingest]);
        await Task.WhenAll(_services.Select(s => s.StartAsync(cancellationToken)));
        await using var store = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = Redis.ConnectionString }), new KeySpace(KeySpace.DefaultShardCount),
            NullLogger<RedisConnectionStore>.Instance);
        ApiKey = await new ApiKeyStore(store, TimeProvider.System).CreateAsync("kill", "kill-test")
            ?? throw new InvalidOperationException("The key of a fresh installation exists.");
    }

    private string MakeSecret(string name)
    {
        var path = Path.Combine(_secrets, name);
        File.WriteAllText(path, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        return path;
    }
}
