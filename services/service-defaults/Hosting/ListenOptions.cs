namespace Moderation.ServiceDefaults.Hosting;

/// <summary>Where a service listens. Section <c>Listen</c>. Plaintext HTTP/2 and HTTP/1.1 need ports of their own.</summary>
public sealed class ListenOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Listen";

    /// <summary>Address to bind; gRPC probes need all interfaces, a laptop wants loopback.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>Port of gRPC (HTTP/2); 0 takes a free one.</summary>
    public int Grpc { get; set; } = 8081;

    /// <summary>Port of REST (HTTP/1.1); 0 takes a free one, -1 switches it off.</summary>
    public int Rest { get; set; } = -1;

    /// <summary>Port of /metrics (HTTP/1.1); 0 takes a free one, -1 switches it off.</summary>
    public int Metrics { get; set; } = 9090;
}
