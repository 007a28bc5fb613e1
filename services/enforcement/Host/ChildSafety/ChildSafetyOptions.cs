namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>What is kept and reported of child sexual exploitation. Section <c>ChildSafety</c>.</summary>
internal sealed class ChildSafetyOptions
{
    public const string Section = "ChildSafety";

    /// <summary>The shortest time for which records are preserved.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromDays(90);

    /// <summary>The longest.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>For how long a record is preserved, 90 days to one year.</summary>
    public TimeSpan PreserveFor { get; set; } = Shortest;

    /// <summary>The provision that records are preserved under, as it stands in each of them, 1..500 characters.</summary>
    public string LegalGround { get; set; } = "18 U.S.C. 2258A(h)";

    /// <summary>Path of a file with at least 32 bytes of secret, under which the text is encrypted; empty: the text is not preserved.</summary>
    public string PreservationKeyFile { get; set; } = "";

    /// <summary>For how long a law delays the notice to the author, 0 to 42 days; 0: not at all.</summary>
    public TimeSpan NoticeDelay { get; set; }

    /// <summary>The provision that delays it, 1..500 characters; required with NoticeDelay.</summary>
    public string NoticeDelayGround { get; set; } = "";

    /// <summary>The authority's receiver.</summary>
    public AuthorityReportOptions Report { get; set; } = new();

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public string Fault()
    {
        if (PreserveFor < Shortest || PreserveFor > Longest)
        {
            return "ChildSafety:PreserveFor must be 90 to 365 days, such as 90.00:00:00.";
        }

        if (LegalGround.Trim().Length is 0 or > 500)
        {
            return "ChildSafety:LegalGround must name the provision that records are preserved under, in 1..500 characters.";
        }

        if (NoticeDelay < TimeSpan.Zero || NoticeDelay > NoticeLimit.Longest)
        {
            return $"ChildSafety:NoticeDelay must be 0 to {NoticeLimit.Longest.TotalDays} days, such as 14.00:00:00.";
        }

        if (NoticeDelay > TimeSpan.Zero && NoticeDelayGround.Trim().Length is 0 or > 500)
        {
            return "ChildSafety:NoticeDelayGround must name the provision that delays notices, in 1..500 characters.";
        }

        return PreservationKeyFile.Length > 0 && !IsSecret(PreservationKeyFile, 32)
            ? $"ChildSafety:PreservationKeyFile: {PreservationKeyFile} must be a file with at least 32 bytes of secret."
            : Report.Fault();
    }

    internal static bool IsSecret(string path, int least) => File.Exists(path) && new FileInfo(path).Length >= least;
}

/// <summary>Where reports go that the law asks for. Section <c>ChildSafety:Report</c>.</summary>
internal sealed class AuthorityReportOptions
{
    private const int LeastSecret = 16;

    /// <summary>Where reports are posted, https (or http on loopback); empty: none are sent.</summary>
    public string Url { get; set; } = "";

    /// <summary>Path of a file with the receiver's bearer token, at least 16 bytes; required with Url.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>How the provider names itself to the receiver, 1..200 characters; required with Url.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Where the receiver can ask back, an e-mail address; may be empty.</summary>
    public string ContactEmail { get; set; } = "";

    /// <summary>How long one attempt may take, 1 second to 2 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether reports are sent at all.</summary>
    public bool IsOn => Url.Length > 0;

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public string Fault()
    {
        if (!IsOn)
        {
            return "";
        }

        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return "ChildSafety:Report:Url must be an https address, or http on loopback.";
        }

        if (!ChildSafetyOptions.IsSecret(KeyFile, LeastSecret))
        {
            return $"ChildSafety:Report:KeyFile must be a file with the receiver's token, at least {LeastSecret} bytes.";
        }

        if (Provider.Trim().Length is 0 or > 200)
        {
            return "ChildSafety:Report:Provider must name you to the receiver, in 1..200 characters.";
        }

        return Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2) ? "ChildSafety:Report:Timeout must be 1 second to 2 minutes." : "";
    }
}
