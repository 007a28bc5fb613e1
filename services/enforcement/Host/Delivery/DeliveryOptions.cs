using System.Net;
using Moderation.Enforcement.Delivery;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>How events leave for the platform. Section <c>Delivery</c>. All of it is off unless switched on.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>Path of a file with at least 32 bytes of secret, the same for all replicas: it encrypts the webhooks' secrets, and is required with them.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>How long dead letters are kept, 1 day or more.</summary>
    public TimeSpan DeadLetterRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Events of a shard that an endpoint may hold for another try, 1..1000; with more the shard waits in the outbox.</summary>
    public int MaxHeldPerShard { get; set; } = 128;

    public RetryOptions Retry { get; set; } = new();

    public WebhookOptions Webhooks { get; set; } = new();

    public DaprOptions Dapr { get; set; } = new();

    /// <summary>What is wrong, each with its key and value.</summary>
    public IEnumerable<string> Violations()
    {
        if (DeadLetterRetention < TimeSpan.FromDays(1))
        {
            yield return $"Delivery:DeadLetterRetention is {DeadLetterRetention}, must be 1 day or more.";
        }

        if (MaxHeldPerShard is < 1 or > 1000)
        {
            yield return $"Delivery:MaxHeldPerShard is {MaxHeldPerShard}, must be 1..1000.";
        }

        foreach (var violation in Retry.Violations().Concat(Webhooks.Enabled ? Webhooks.Violations(Retry) : []).Concat(Dapr.Enabled ? Dapr.Violations() : []))
        {
            yield return violation;
        }

        if (Webhooks.Enabled && KeyFile.Length == 0)
        {
            yield return "Delivery:KeyFile is not set: name a file with at least 32 bytes of secret, or set Delivery:Webhooks:Enabled to false.";
        }
    }
}

/// <summary>When a failed delivery is tried again. Section <c>Delivery:Retry</c>.</summary>
internal sealed class RetryOptions
{
    /// <summary>The wait after the first failure.</summary>
    public TimeSpan First { get; set; } = BackoffSchedule.Default.First;

    /// <summary>By how much each wait is longer than the one before, 1..10.</summary>
    public double Factor { get; set; } = BackoffSchedule.Default.Factor;

    /// <summary>No wait is longer.</summary>
    public TimeSpan Longest { get; set; } = BackoffSchedule.Default.Longest;

    /// <summary>The waits add up to this at most; then the event is dead.</summary>
    public TimeSpan Total { get; set; } = BackoffSchedule.Default.Total;

    /// <summary>A receiver can ask for this much patience at most (Retry-After).</summary>
    public TimeSpan RetryAfterCap { get; set; } = TimeSpan.FromHours(1);

    public RetryRule Rule() => new(new BackoffSchedule(First, Factor, Longest, Total), RetryAfterCap);

    public IEnumerable<string> Violations()
    {
        if (First < TimeSpan.FromMilliseconds(100) || Longest < First || Total < First || Total > TimeSpan.FromDays(30))
        {
            yield return $"Delivery:Retry: First ({First}) must be 100 ms or more, Longest ({Longest}) not less, and Total ({Total}) from First to 30 days.";
        }

        if (Factor is not (>= 1 and <= 10))
        {
            yield return $"Delivery:Retry:Factor is {Factor}, must be 1..10.";
        }

        if (RetryAfterCap < TimeSpan.Zero || RetryAfterCap > TimeSpan.FromDays(1))
        {
            yield return $"Delivery:Retry:RetryAfterCap is {RetryAfterCap}, must be 0..1 day.";
        }
    }
}

/// <summary>Webhooks. Section <c>Delivery:Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    /// <summary>The longest time-out: a lease has to outlive a request.</summary>
    private static readonly TimeSpan MaxRequestTimeout = TimeSpan.FromSeconds(15);

    public bool Enabled { get; set; }

    /// <summary>Takes http:// too, for development.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Networks to deliver to although they are not public, such as 10.0.0.0/8. A platform beside the suite needs its own named here.</summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>How long a receiver may take to answer, 1..15 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A webhook that took no event for so long is disabled; longer than Delivery:Retry:Total.</summary>
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>A webhook with more dead letters is disabled, 1..100,000.</summary>
    public int MaxDeadLetters { get; set; } = 10_000;

    /// <summary>Webhooks of one tenant, 1..100.</summary>
    public int MaxPerTenant { get; set; } = 16;

    public DeliveryAddress Address() => new(AllowHttp, [.. AllowedNetworks.Select(IPNetwork.Parse)]);

    public IEnumerable<string> Violations(RetryOptions retry)
    {
        foreach (var network in AllowedNetworks.Where(n => !IPNetwork.TryParse(n, out _)))
        {
            yield return $"Delivery:Webhooks:AllowedNetworks has {network}, must be a network such as 10.0.0.0/8.";
        }

        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > MaxRequestTimeout)
        {
            yield return $"Delivery:Webhooks:RequestTimeout is {RequestTimeout}, must be 1..{MaxRequestTimeout.TotalSeconds} s.";
        }

        if (DisableAfter <= retry.Total)
        {
            yield return $"Delivery:Webhooks:DisableAfter is {DisableAfter}, must be longer than Delivery:Retry:Total ({retry.Total}).";
        }

        if (MaxDeadLetters is < 1 or > 100_000 || MaxPerTenant is < 1 or > 100)
        {
            yield return $"Delivery:Webhooks: MaxDeadLetters ({MaxDeadLetters}) must be 1..100000, MaxPerTenant ({MaxPerTenant}) 1..100.";
        }
    }
}

/// <summary>Events to a topic of the operator's broker, through Dapr. Section <c>Delivery:Dapr</c>.</summary>
internal sealed class DaprOptions
{
    public bool Enabled { get; set; }

    /// <summary>The sidecar's gRPC address. Empty: what DAPR_GRPC_ENDPOINT or DAPR_GRPC_PORT say, which the sidecar's injector sets.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The pub/sub component.</summary>
    public string PubSub { get; set; } = "";

    /// <summary>The topic, one for all tenants: each event's <c>source</c> names its own.</summary>
    public string Topic { get; set; } = "";

    /// <summary>How long the sidecar may take to answer, 1..15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<string> Violations()
    {
        if (PubSub.Length == 0 || Topic.Length == 0)
        {
            yield return $"Delivery:Dapr: PubSub ('{PubSub}') and Topic ('{Topic}') must be set when Enabled is true.";
        }

        if (Endpoint.Length > 0 && !Uri.TryCreate(Endpoint, UriKind.Absolute, out _))
        {
            yield return $"Delivery:Dapr:Endpoint is {Endpoint}, must be like http://127.0.0.1:50001, or empty.";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromSeconds(15))
        {
            yield return $"Delivery:Dapr:Timeout is {Timeout}, must be 1..15 s.";
        }
    }
}
