namespace Moderation.ServiceDefaults.Redis;

/// <content>What look-back, hash lists and the banks' bell are called.</content>
public sealed partial record KeySpace
{
    /// <summary>Fingerprints of public posts whose media came in on a day (hash): tenant, account and post → fingerprints; for look-back.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="day">The day, counted from 1970.</param>
    public static string PostFingerprints(int shard, string day) => $"{{m:{shard}}}:fingerprints:{day}";

    /// <summary>Posts for which a cause has asked for a review task (hash): tenant and post → task, or "-" where none was needed.</summary>
    public static string AskedTasks(int shard, string cause) => $"{{m:{shard}}}:asked:{cause}";

    /// <summary>Tells replicas that the banks have changed (channel); the message is the version.</summary>
    public const string BankBell = "bell:banks";

    /// <summary>What this set of banks is called (string), so that a snapshot of another set is told from one of this.</summary>
    public const string BankSet = "{banks}:set";

    /// <summary>How far the import of a hash list is (hash).</summary>
    public static string BankImport(string bank, string token) => $"{{banks}}:import:{bank}:{token}";

    /// <summary>When a source of hash lists was last looked at, and what its lists were then (hash).</summary>
    public static string HashListPull(string source) => $"{{banks}}:pull:{source}";

    /// <summary>Who fetches the lists of a source (hash): holder, end.</summary>
    public static string HashListLease(string source) => $"{{banks}}:pull-lease:{source}";

    /// <summary>Bank entries that are to be looked back for (hash): bank/entry → when that was noted, Unix milliseconds.</summary>
    public const string LookbackPending = "{lookback}:pending";

    /// <summary>Look-backs (sorted set) by when they were started.</summary>
    public const string Lookbacks = "{lookback}:jobs";

    /// <summary>Look-backs that are not done (sorted set) by when they were started.</summary>
    public const string LookbacksOpen = "{lookback}:open";

    /// <summary>Who works on look-backs (hash): holder, end.</summary>
    public const string LookbackLease = "{lookback}:lease";

    /// <summary>A look-back (string): its record.</summary>
    public static string Lookback(string id) => $"{{lookback}}:job:{id}";
}
