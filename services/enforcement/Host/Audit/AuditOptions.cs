using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>How the audit is sealed and archived. Section <c>Audit</c>.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Path of the private key that signs: ECDSA P-256, PEM. Required. <c>modctl audit key create</c> makes one.</summary>
    public string SigningKeyFile { get; set; } = "";

    /// <summary>How often new entries are sealed, 100 ms to 1 minute: what is younger can still be changed without a trace.</summary>
    public TimeSpan SealInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a checkpoint is made, 1 second to 1 day.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Tenants whose outbox, so webhooks and watchers too, gets checkpoints to keep outside the suite. None by default.</summary>
    public IList<string> AnnounceTo { get; } = [];

    /// <summary>How often such a tenant gets one, 1 minute to 1 day.</summary>
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a replica that died keeps the others from its work, 2 seconds to 5 minutes.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most entries of one seal, 1 to 10,000.</summary>
    public int SealEntries { get; set; } = 1000;

    /// <summary>Checkpoints that stay in the store, 60 or more.</summary>
    public int CheckpointsKept { get; set; } = 1440;

    /// <summary>Where the archive lies: a directory on a volume that outlives the pod. Empty: this replica does not archive.</summary>
    public string ArchiveDirectory { get; set; } = "";

    /// <summary>How often what was sealed is archived, 1 second to 1 hour.</summary>
    public TimeSpan ArchiveInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How old a seal must be to be archived, and so a decision to settle: 30 seconds to 1 day, so that no call about it is still under way.
    /// </summary>
    public TimeSpan ArchiveDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most entries of a segment, about; 100 to 100,000. A segment is built in memory.</summary>
    public int SegmentEntries { get; set; } = 10_000;

    /// <summary>How long segments stay in the archive: 365 days or more.</summary>
    public TimeSpan ArchiveRetention { get; set; } = TimeSpan.FromDays(5 * 365);

    /// <summary>What is wrong, with the key and what would be right; null when nothing is.</summary>
    public string? WhatIsWrong()
    {
        var wrong = new List<string>();
        Require(
            SigningKeyFile.Length > 0,
            "SigningKeyFile is not set: name a file with an ECDSA P-256 private key in PEM (modctl audit key create FILE makes one)");
        Require(SigningKeyFile.Length == 0 || File.Exists(SigningKeyFile), $"SigningKeyFile: there is no file {SigningKeyFile}");
        RequireSpan(nameof(SealInterval), SealInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        RequireSpan(nameof(CheckpointInterval), CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        RequireSpan(nameof(LeaseDuration), LeaseDuration, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5));
        Require(LeaseDuration > 2 * SealInterval, $"LeaseDuration is {LeaseDuration}, must be more than twice SealInterval");
        RequireSpan(nameof(AnnounceInterval), AnnounceInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        Require(AnnounceTo.All(FieldViolations.IsName), $"AnnounceTo must name tenants, each {FieldViolations.NameRule}");
        Require(SealEntries is >= 1 and <= 10_000, $"SealEntries is {SealEntries}, must be 1..10000");
        Require(CheckpointsKept >= 60, $"CheckpointsKept is {CheckpointsKept}, must be 60 or more");
        RequireSpan(nameof(ArchiveInterval), ArchiveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        RequireSpan(nameof(ArchiveDelay), ArchiveDelay, TimeSpan.FromSeconds(30), TimeSpan.FromDays(1));
        Require(SegmentEntries is >= 100 and <= 100_000, $"SegmentEntries is {SegmentEntries}, must be 100..100000");
        Require(ArchiveRetention >= TimeSpan.FromDays(365), $"ArchiveRetention is {ArchiveRetention}, must be 365 days or more");
        return wrong.Count == 0 ? null : $"{Section}: {string.Join("; ", wrong)}.";

        void RequireSpan(string name, TimeSpan value, TimeSpan least, TimeSpan most)
            => Require(value >= least && value <= most, $"{name} is {value}, must be {least} to {most}");

        void Require(bool condition, string text)
        {
            if (!condition)
            {
                wrong.Add(text);
            }
        }
    }
}
