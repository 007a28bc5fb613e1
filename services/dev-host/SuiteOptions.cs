namespace Moderation.DevHost;

/// <summary>How the suite runs in one process.</summary>
public sealed record SuiteOptions
{
    /// <summary>Redis, as a StackExchange.Redis configuration string.</summary>
    public required string Redis { get; init; }

    /// <summary>Where the secrets of this installation lie; made when absent.</summary>
    public required string SecretsDirectory { get; init; }

    /// <summary>Where the audit is archived; empty: nowhere, and the store keeps all of it.</summary>
    public string ArchiveDirectory { get; init; } = "";

    /// <summary>First of the ports: ingest takes it for REST and the next for gRPC, the others follow; 0 takes free ones.</summary>
    public int FirstPort { get; init; }

    /// <summary>Further configuration for each service, by its name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings { get; init; }
        = new Dictionary<string, IReadOnlyDictionary<string, string?>>();

    /// <summary>Services that are left out: for tests of what happens when one is absent.</summary>
    public IReadOnlySet<string> Without { get; init; } = new HashSet<string>();

    /// <summary>Further services (a clock, other stores) for each service.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
