namespace Moderation.Client;

/// <summary>Where the platform's services are, and who calls.</summary>
public sealed class ModerationClientOptions
{
    /// <summary>gRPC address of ingest, such as <c>http://platform-ingest:8081</c>. Required.</summary>
    public Uri? Ingest { get; set; }

    /// <summary>gRPC address of enforcement. Unset: <see cref="ModerationClient.Enforcement"/> can't be used.</summary>
    public Uri? Enforcement { get; set; }

    /// <summary>
    /// Gives the tenant's API key, <c>mk_&lt;key id&gt;_&lt;secret&gt;</c>. Required. Called for each call, so that a rotated key needs no restart.
    /// </summary>
    public Func<string>? ApiKey { get; set; }

    /// <summary>The deadline of a unary call that brings none; 10 s. Streams live without one.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a call is tried in all while a service is away or full, 1..5.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Makes the transport, for certificates of your own. Unset: the usual one.</summary>
    public Func<HttpMessageHandler>? Handler { get; set; }

    internal void Check()
    {
        if (Ingest is null)
        {
            throw new ArgumentException($"{nameof(Ingest)} is not set: give ingest's gRPC address, such as http://platform-ingest:8081.");
        }

        if (ApiKey is null)
        {
            throw new ArgumentException($"{nameof(ApiKey)} is not set: give a function that reads the tenant's API key.");
        }

        if (CallTimeout <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(CallTimeout)} is {CallTimeout}, must be above zero.");
        }

        if (MaxAttempts is < 1 or > 5)
        {
            throw new ArgumentException($"{nameof(MaxAttempts)} is {MaxAttempts}, must be 1..5.");
        }
    }
}
