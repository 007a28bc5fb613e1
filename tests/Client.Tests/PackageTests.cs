using System.IO.Compression;
using System.Xml.Linq;
using Moderation.Testing;
using Xunit;

namespace Moderation.Client.Tests;

/// <summary>What `dotnet pack services/client` makes.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task Package_holds_the_library_its_documentation_and_the_contract_and_depends_on_published_packages_alone()
    {
        var folder = Directory.CreateTempSubdirectory("moderation-client-package-");
        try
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name; // artifacts/bin/<project>/<configuration>: built with this test
            var (exit, output) = await Repository.RunAsync(
                "dotnet", "pack", "services/client/Client.csproj", "-c", configuration == "release" ? "Release" : "Debug", "--no-build", "--nologo", "-o", folder.FullName);
            Assert.True(exit == 0, output);
            var file = Assert.Single(folder.GetFiles("*.nupkg"));
            Assert.StartsWith("Moderation.Client.", file.Name, StringComparison.Ordinal);

            using var package = ZipFile.OpenRead(file.FullName);
            var entries = package.Entries.Select(e => e.FullName).ToList();
            Assert.Contains("README.md", entries);
            Assert.Equal(
                ["lib/net10.0/Moderation.Client.dll", "lib/net10.0/Moderation.Client.xml", "lib/net10.0/Moderation.Contracts.dll"],
                entries.Where(e => e.StartsWith("lib/", StringComparison.Ordinal)).Order());

            await using var stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var specification = await XDocument.LoadAsync(stream, LoadOptions.None, TestContext.Current.CancellationToken);
            var dependencies = specification.Descendants().Where(e => e.Name.LocalName == "dependency").Select(d => (string?)d.Attribute("id")).Order();
            Assert.Equal(["Google.Api.CommonProtos", "Google.Protobuf", "Grpc.Net.Client", "Grpc.StatusProto"], dependencies);
            Assert.Equal("Apache-2.0", specification.Descendants().Single(e => e.Name.LocalName == "license").Value);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
