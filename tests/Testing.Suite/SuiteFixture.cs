using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.DevHost;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.MediaHash.Host;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Testing;

/// <summary>The whole suite in this process over a redis-server of its own; one for each test class or assembly.</summary>
public class SuiteFixture : IAsyncLifetime
{
    // A signal that comes late sends a post to review; on a busy machine each may come late, and that is not what the tests are about.
    private static readonly Dictionary<string, string?> Patient = new() { ["Pipeline:SignalTimeout"] = "00:00:05" };
    private readonly string _secrets = Directory.CreateTempSubdirectory("moderation-secrets-").FullName;
    private int _tenants;

    /// <summary>The Redis below.</summary>
    public RedisServer Redis { get; private set; } = null!; // set by InitializeAsync before any test

    /// <summary>The suite.</summary>
    public Suite Suite { get; private set; } = null!; // as above

    /// <summary>Services that are left out.</summary>
    protected virtual IReadOnlySet<string> Without => new HashSet<string>();

    /// <summary>Further configuration of each service, by its name; <c>{secrets}</c> in a value is the folder of the installation's secrets.</summary>
    protected virtual IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings
        => new Dictionary<string, IReadOnlyDictionary<string, string?>>();

    /// <inheritdoc />
    public virtual async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        Suite = await Suite.StartAsync(new SuiteOptions
        {
            Redis = Redis.ConnectionString,
            SecretsDirectory = _secrets,
            Without = Without,
            Settings = Settings.Append(new(IngestHost.Name, Patient)).GroupBy(s => s.Key).ToDictionary(
                g => g.Key,
                IReadOnlyDictionary<string, string?> (g) => g.SelectMany(s => s.Value).DistinctBy(v => v.Key)
                    .ToDictionary(v => v.Key, v => v.Value?.Replace("{secrets}", _secrets, StringComparison.Ordinal))),
        });
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Suite is not null)
        {
            await Suite.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        Directory.Delete(_secrets, recursive: true);
    }

    /// <summary>A tenant that no other test has, with its clients.</summary>
    public async Task<TenantClients> NewTenantAsync()
    {
        var tenant = "tenant-" + Interlocked.Increment(ref _tenants).ToString(CultureInfo.InvariantCulture);
        var key = await Suite.CreateApiKeyAsync(tenant, tenant + "-key");
        return new TenantClients(
            tenant,
            key,
            new IngestService.IngestServiceClient(Suite.ConnectWithKey(IngestHost.Name, key)),
            new EnforcementService.EnforcementServiceClient(Suite.ConnectWithKey(EnforcementHost.Name, key)));
    }

    /// <summary>media-hash as a person sees it.</summary>
    public MediaHashService.MediaHashServiceClient Banks
        => new(Suite.ConnectAsPerson(MediaHashHost.Name, Suite.IssuePersonToken("lead@test", TimeSpan.FromHours(1))));

    /// <summary>Every key that Redis holds, but for what services keep about themselves.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        return [.. redis.GetServers().Single().Keys(pattern: "*", pageSize: 1000).Select(k => k.ToString())
            .Where(k => !IsHousekeeping(k)).Order(StringComparer.Ordinal)];
    }

    // Heartbeats, credentials, and what the sealer and the archiver write whenever they please.
    private static bool IsHousekeeping(string key)
        => key.StartsWith("{ingest}", StringComparison.Ordinal) || key.StartsWith("{k:", StringComparison.Ordinal) || key.StartsWith("{audit", StringComparison.Ordinal)
            || key.Contains("}:seal", StringComparison.Ordinal);
}

/// <summary>A tenant and its clients.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="ApiKey">Its key.</param>
/// <param name="Ingest">ingest with that key.</param>
/// <param name="Enforcement">enforcement with that key.</param>
public sealed record TenantClients(
    string Tenant, string ApiKey, IngestService.IngestServiceClient Ingest, EnforcementService.EnforcementServiceClient Enforcement);
