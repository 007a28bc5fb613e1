namespace Moderation.MediaHash.Host.Pulling;

/// <summary>Hash lists that are fetched by themselves; none unless they are named here. Section <c>MediaHash:Pull</c>.</summary>
internal sealed class PullOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Pull";

    /// <summary>The sources.</summary>
    public IList<PullSource> Sources { get; } = [];

    /// <summary>Largest list in bytes, 1 to 1 GiB; 256 MiB. It lies in the temporary directory while it is read.</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Fault()
    {
        if (MaxBytes is < 1 or > 1L << 30)
            return "MediaHash:Pull:MaxBytes must be 1..1073741824.";
        if (Sources.GroupBy(source => source.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return $"MediaHash:Pull:Sources names '{twice.Key}' twice.";
        return Sources.Select((source, i) => source.Fault() is { } fault ? $"MediaHash:Pull:Sources:{i}:{fault}" : null).FirstOrDefault(fault => fault is not null);
    }
}

/// <summary>A source of hash lists.</summary>
internal sealed class PullSource
{
    /// <summary>Names it in logs, history and audit: 1 to 64 characters of a-z, 0-9 and hyphen.</summary>
    public string Name { get; set; } = "";

    /// <summary>A directory, of which all files ending in .csv, .ndjson, .jsonl and .json are lists; or an https address of one list.</summary>
    public string Location { get; set; } = "";

    /// <summary>The bank that the entries go to.</summary>
    public string Bank { get; set; } = "";

    /// <summary>The harm that they stand for where a row does not say, such as FraudSpam.</summary>
    public MediaHash.Banks.HarmCategory Category { get; set; }

    /// <summary>How often it is looked at, a minute to 30 days.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// A public key in PEM (ECDSA or RSA). With it a list is taken only with its signature beside it, at the same place with .sig behind the name: as
    /// <c>openssl dgst -sha256 -sign key.pem -out list.csv.sig list.csv</c> writes it. Empty: lists are not checked.
    /// </summary>
    public string PublicKeyFile { get; set; } = "";

    /// <summary>Whether <see cref="Location"/> is an address.</summary>
    public bool IsAddress => Uri.TryCreate(Location, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";

    public string? Fault()
    {
        if (Name.Length is 0 or > 64 || !Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            return "Name must be 1..64 characters of a-z, 0-9 and hyphen.";
        if (MediaHash.Banks.BankEntryRules.CheckBankId(Bank, "Bank").Any())
            return "Bank must be 1..64 characters of a-z, 0-9 and hyphen.";
        if (Category == MediaHash.Banks.HarmCategory.Unspecified || !Enum.IsDefined(Category))
            return "Category must be a harm of the taxonomy, such as FraudSpam.";
        if (Every < TimeSpan.FromMinutes(1) || Every > TimeSpan.FromDays(30))
            return "Every must be 00:01:00 to 30.00:00:00.";
        if (IsAddress ? !IsSafe(new Uri(Location)) : !Path.IsPathFullyQualified(Location))
            return "Location must be an https address (http on loopback only) or the full path of a directory.";
        return PublicKeyFile.Length > 0 && !File.Exists(PublicKeyFile) ? $"PublicKeyFile {PublicKeyFile} is not there." : null;
    }

    private static bool IsSafe(Uri address) => address.Scheme == "https" || address.IsLoopback;
}
