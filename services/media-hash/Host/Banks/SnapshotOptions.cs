namespace Moderation.MediaHash.Host.Banks;

/// <summary>Where a replica keeps its banks for its next start. Section <c>MediaHash:Snapshot</c>.</summary>
internal sealed class SnapshotOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Snapshot";

    /// <summary>
    /// The full path of the file, in a directory that is there; replicas may share it. It is about 80 bytes an entry and holds their hashes: readable by
    /// the service's user alone. Empty: none, and every start reads all banks from Redis.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>Minutes between two writings while something changes, 1 to 1440.</summary>
    public int Minutes { get; set; } = 10;

    /// <summary>Changes after which one is written before its time, 1 to 100,000: the change stream keeps so many, and an older snapshot is useless.</summary>
    public int Changes { get; set; } = BankStore.ChangesKept / 4;
}
