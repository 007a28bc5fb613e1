using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>Where events go.</summary>
internal interface IEventSink
{
    /// <summary>Its kind, for metrics: "webhook" or "dapr".</summary>
    string Kind { get; }

    /// <summary>Sends an event once. Does not throw for what the other side does.</summary>
    Task<Attempt> SendAsync(WatchDecisionsResponse happened, CancellationToken cancellationToken);
}

/// <summary>A receiver of a tenant's events.</summary>
/// <param name="Tenant">Whose events.</param>
/// <param name="Id">A webhook's id, or <see cref="DaprId"/>.</param>
/// <param name="Version">Changes when the endpoint does.</param>
/// <param name="Types">What it wants; empty for all.</param>
/// <param name="Sink">Where they go.</param>
internal sealed record DeliveryEndpoint(string Tenant, string Id, string Version, IReadOnlySet<string> Types, IEventSink Sink)
{
    /// <summary>The id of the installation's topic, which no webhook can have.</summary>
    public const string DaprId = "dapr";

    /// <summary>An endpoint's shards are dealt out to so many lanes, each with one request at a time. Fixed: replicas must agree.</summary>
    public const int Lanes = 8;

    public bool Wants(string type) => Types.Count == 0 || type == EventFacts.ResyncType || Types.Contains(type);
}
