using System.Text.RegularExpressions;
using System.Xml.Linq;
using Moderation.ServiceDefaults.Auth;
using Moderation.Testing;
using Xunit;

namespace Moderation.Architecture.Tests;

/// <summary>The walls of the house, as services/README.md has them, read from the source.</summary>
public sealed partial class LayoutTests
{
    private static readonly string[] Services = ["ingest", "text-classify", "media-hash", "enforcement"];

    private static IEnumerable<string> Sources(params string[] below)
        => Directory.EnumerateFiles(Repository.PathOf(["services", .. below]), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    public static TheoryData<string, string> Rpcs()
    {
        var rows = new TheoryData<string, string>();
        foreach (var method in AccessTable.Descriptors.Values)
        {
            // moderation.textclassify.v1 is text-classify.
            var service = Services.Single(s => s.Replace("-", "", StringComparison.Ordinal) == method.File.Package.Split('.')[1]);
            rows.Add(service, $"{method.Service.Name[..^"Service".Length]}Rpc.{method.Name}.cs");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public void Rpc_has_its_own_file_that_overrides_it(string service, string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var path = Repository.PathOf("services", service, "Host", "Rpc", file);
        Assert.True(File.Exists(path), $"{path} is missing: one RPC, one file.");
        Assert.Matches($@"override (async )?Task.*\b{file.Split('.')[1]}\(", File.ReadAllText(path));
    }

    [Fact]
    public void Redis_and_Dapr_appear_only_in_stores_and_service_defaults()
    {
        var users = Sources()
            .Where(f => !f.Contains("/service-defaults/", StringComparison.Ordinal) && !f.Contains("/dev-host/", StringComparison.Ordinal))
            .Where(f => ClientUse().IsMatch(File.ReadAllText(f)));
        Assert.All(users, f => Assert.Matches("(Store|Ledger|Queue|Outbox)\\.cs$", f));
    }

    [Fact]
    public void Service_references_no_other_service()
    {
        foreach (var service in Services)
        {
            foreach (var project in Directory.EnumerateFiles(Repository.PathOf("services", service), "*.csproj", SearchOption.AllDirectories))
            {
                var references = XDocument.Load(project).Descendants("ProjectReference").Select(r => (string?)r.Attribute("Include") ?? "");
                var others = Services.Where(s => s != service && references.Any(r => r.Contains($"/{s}/", StringComparison.Ordinal)));
                Assert.True(!others.Any(), $"{project} references {string.Join(", ", others)}: services meet over gRPC only.");
            }
        }
    }

    [Fact]
    public void Core_references_no_host_no_server_and_no_store()
    {
        foreach (var service in Services)
        {
            var core = XDocument.Load(Directory.EnumerateFiles(Repository.PathOf("services", service, "Core"), "*.csproj").Single());
            var references = core.Descendants().Where(e => e.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference")
                .Select(e => (string?)e.Attribute("Include") ?? "").ToList();
            Assert.DoesNotContain(references, r => ForbiddenInCore().IsMatch(r));
        }
    }

    [Fact]
    public void File_of_a_service_stays_readable()
        => Assert.All(Sources(), f => Assert.True(File.ReadLines(f).Count() <= 400, $"{f} has more than 400 lines."));

    [Fact]
    public void Exception_is_caught_whole_only_by_the_interceptor_and_its_stream_twin()
        => Assert.All(
            Sources().Where(f => CatchAll().IsMatch(File.ReadAllText(f))),
            f => Assert.Matches("/service-defaults/(Errors/ExceptionInterceptor|Streaming/StreamServer)\\.cs$", f));

    [GeneratedRegex(@"using (StackExchange\.Redis|Dapr)|(StackExchange\.Redis|Dapr\.Client)\.")]
    private static partial Regex ClientUse();

    [GeneratedRegex(@"AspNetCore|StackExchange|Dapr|service-defaults|/Host/|Grpc\.Net")]
    private static partial Regex ForbiddenInCore();

    [GeneratedRegex(@"catch \(Exception( \w+)?\)(?! when)")]
    private static partial Regex CatchAll();
}
