using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Access.Tests;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(AccessFixture))]

namespace Moderation.Access.Tests;

/// <summary>The whole suite with two tenants: <see cref="Mine"/>, which the calls are about, and <see cref="Other"/>.</summary>
public sealed class AccessFixture : SuiteFixture
{
    public const string Mine = "mine";
    public const string Other = "other";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _outcomes = new(StringComparer.Ordinal);
    private int _keys;

    // Webhooks are off by default, and what is off can't be tried.
    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings => new Dictionary<string, IReadOnlyDictionary<string, string?>>
    {
        [EnforcementHost.Name] = new Dictionary<string, string?>
        {
            ["Delivery:Webhooks:Enabled"] = "true",
            ["Delivery:KeyFile"] = "{secrets}/people-token.key",
        },
    };

    /// <inheritdoc />
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var (rpc, rule) in AnyRpc.All)
        {
            _outcomes[rpc] = await AccessMatrix.TryAsync(this, rule);
        }

        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            AccessMatrix.Write(_outcomes.Select(o => (o.Key, o.Value)));
        }
    }

    /// <summary>What became of the calls of each caller.</summary>
    public IReadOnlyDictionary<string, string> Outcomes(string rpc) => _outcomes[rpc];

    /// <summary>Headers with a key of a tenant that has these scopes; one key for each set.</summary>
    public async Task<Metadata> KeyAsync(string tenant, params Scope[] scopes)
    {
        var keyId = $"{tenant}-{string.Join('-', scopes.Select(s => (int)s))}-{Interlocked.Increment(ref _keys)}";
        return new Metadata { { AccessInterceptor.ApiKeyHeader, await Suite.CreateApiKeyAsync(tenant, keyId, scopes) } };
    }

    /// <summary>Headers of a person who names <paramref name="named"/> as the tenant.</summary>
    public Metadata Person(Role role, string tenants, string named) => new()
    {
        { "authorization", "Bearer " + Suite.IssuePersonToken(ServiceDefaults.Auth.Person.Of($"{role}@{tenants}", [role], [tenants], [ServiceDefaults.Auth.Person.ChildSafety]), Hour) },
        { AccessInterceptor.TenantHeader, named },
    };

    /// <summary>Headers of a service that acts for a tenant.</summary>
    public Metadata Service(string tenant) => new()
    {
        { "authorization", "Bearer " + Suite.Services(EnforcementHost.Name).GetRequiredService<ServiceTokens>().Issue(IngestHost.Name, Hour) },
        { AccessInterceptor.TenantHeader, tenant },
    };
}
