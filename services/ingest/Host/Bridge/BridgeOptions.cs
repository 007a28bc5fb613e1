namespace Moderation.Ingest.Host.Bridge;

/// <summary>Posts out of topics of the operator's broker, through Dapr. Section <c>Bridge:Dapr</c>. Off unless switched on.</summary>
internal sealed class BridgeOptions
{
    public const string Section = "Bridge:Dapr";

    public bool Enabled { get; set; }

    /// <summary>Port on loopback where the sidecar delivers (dapr.io/app-port, protocol http), out of reach from outside the pod. 0 takes a free one.</summary>
    public int Port { get; set; } = 8082;

    /// <summary>Path of a file with the token that the sidecar sends (its APP_API_TOKEN). Empty: none is asked for.</summary>
    public string AppTokenFile { get; set; } = "";

    /// <summary>The topics.</summary>
    public IList<BridgeTopic> Topics { get; } = [];

    /// <summary>What is wrong, each with its key and value.</summary>
    public IEnumerable<string> Violations()
    {
        if (Port is < 0 or > 65535)
        {
            yield return $"Bridge:Dapr:Port is {Port}, must be 0..65535.";
        }

        if (AppTokenFile.Length > 0 && (!File.Exists(AppTokenFile) || File.ReadAllText(AppTokenFile).Trim().Length == 0))
        {
            yield return $"Bridge:Dapr:AppTokenFile: there is no token in {AppTokenFile}.";
        }

        if (Topics.Count == 0)
        {
            yield return "Bridge:Dapr:Topics is empty: name at least one, or set Bridge:Dapr:Enabled to false.";
        }

        foreach (var (topic, i) in Topics.Select((t, i) => (t, i)))
        {
            if (topic.PubSub.Length == 0 || topic.Topic.Length == 0)
            {
                yield return $"Bridge:Dapr:Topics:{i}: PubSub ('{topic.PubSub}') and Topic ('{topic.Topic}') must be set.";
            }

            if (topic.TenantId.Length is 0 or > 64 || !topic.TenantId.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                yield return $"Bridge:Dapr:Topics:{i}:TenantId is '{topic.TenantId}', must be 1..64 characters of a-z 0-9 and -.";
            }
        }
    }
}

/// <summary>One topic. Its posts are one tenant's: a message can't say whose it is.</summary>
internal sealed class BridgeTopic
{
    /// <summary>The pub/sub component.</summary>
    public string PubSub { get; set; } = "";

    public string Topic { get; set; } = "";

    public string TenantId { get; set; } = "";

    /// <summary>Where the sidecar puts messages that can never become a post. Empty: it drops them.</summary>
    public string DeadLetterTopic { get; set; } = "";
}
