namespace Moderation.Enforcement.Host.Work;

/// <summary>Background work. Section <c>Work</c>.</summary>
internal sealed class WorkOptions
{
    public const string Section = "Work";

    /// <summary>Whether this replica does any; at least one replica of an installation must.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a lease holds unless it is renewed, 10 s to 10 min: after a crash another replica goes on that much later.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(60);

    public bool IsValid() => LeaseTime >= TimeSpan.FromSeconds(10) && LeaseTime <= TimeSpan.FromMinutes(10);
}
