using System.CommandLine;

namespace Moderation.ModCtl.Shell;

/// <summary><c>--address</c>: the gRPC address of a service. The defaults are where the dev host listens.</summary>
internal sealed class AddressOption
{
    private AddressOption(string service, string address)
    {
        Option = new Option<string>("--address")
        {
            Description = $"gRPC address of {service}",
            HelpName = "URL",
            DefaultValueFactory = _ => address,
        };
        Option.Validators.Add(result =>
        {
            if (!IsAddress(result.GetValueOrDefault<string>()))
            {
                result.AddError($"--address must be like {address}: http:// or https://, a host and a port.");
            }
        });
    }

    public Option<string> Option { get; }

    public static AddressOption OfIngest() => new("ingest", "http://127.0.0.1:8081");

    public static AddressOption OfEnforcement() => new("enforcement", "http://127.0.0.1:8085");

    public static AddressOption OfMediaHash() => new("media-hash", "http://127.0.0.1:8087");

    public static AddressOption OfTextClassify() => new("text-classify", "http://127.0.0.1:8083");

    public Uri Read(ParseResult parsed) => new(parsed.GetRequiredValue(Option));

    private static bool IsAddress(string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.AbsolutePath == "/" && address.Query.Length == 0;
}
