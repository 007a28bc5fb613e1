using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.TextClassify.Host;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Tests.Host;
using Moderation.TextClassify.Tests.Onnx;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

/// <summary>
/// Two replicas over one Redis, with the shipped model and a folder of further ones: "stricter" (the shipped one with a higher bias), "tiny-onnx", and
/// "broken".
/// </summary>
public sealed class TextModelFixture : IAsyncLifetime
{
    public const string Shipped = "moderation-text-v1";

    private readonly string _folder = Directory.CreateTempSubdirectory("moderation-models-").FullName;
    private readonly TextClassifyFixture _base = new();
    private readonly List<(WebApplication App, GrpcChannel Channel)> _replicas = [];

    /// <summary>The folder of further models.</summary>
    public string Folder => _folder;

    /// <summary>A credential of a policy person of the whole installation.</summary>
    public Metadata Policy => _base.As(Person.Of("policy@test", [Role.Policy], [Person.AllTenants]));

    /// <summary>A service's credential.</summary>
    public Metadata Service => _base.Credential;

    public TextModelService.TextModelServiceClient Models(int replica = 0) => new(_replicas[replica].Channel);

    public TextClassifyService.TextClassifyServiceClient Texts(int replica = 0) => new(_replicas[replica].Channel);

    /// <summary>The parts of a replica.</summary>
    public IServiceProvider Services(int replica) => _replicas[replica].App.Services;

    public async ValueTask InitializeAsync()
    {
        await _base.InitializeAsync();
        WriteStricter(Path.Combine(_folder, "stricter"));
        using (var onnx = OnnxFolder.WordPiece()) Copy(onnx.FullName, Path.Combine(_folder, "tiny-onnx"));
        Copy(Path.Combine(_folder, "tiny-onnx"), Path.Combine(_folder, "broken"));
        await File.AppendAllTextAsync(Path.Combine(_folder, "broken", "labels.yaml"), "\ncolour: red\n");
        for (var i = 0; i < 2; i++)
        {
            var app = TextClassifyHost.Create([], c =>
            {
                _base.Configure(c);
                c.AddInMemoryCollection(new Dictionary<string, string?> { ["TextModel:Folder"] = _folder });
            });
            await app.StartAsync();
            _replicas.Add((app, GrpcChannel.ForAddress(app.Endpoint(EndpointKind.Grpc) ?? throw new InvalidOperationException("The service does not listen."))));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (app, channel) in _replicas)
        {
            channel.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }
        await _base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void WriteStricter(string path)
    {
        Directory.CreateDirectory(path);
        var model = ShippedModel.Model;
        var bias = model.Bias.ToArray();
        for (var i = 0; i < bias.Length; i++) bias[i] += 20;
        var file = TextModelFile.Write(new Moderation.TextClassify.Models.TextModel(
            model.Weights, model.Scales.ToArray(), bias, model.Calibrations.ToArray(), new SortedDictionary<string, byte>(model.Languages.ToDictionary(), StringComparer.Ordinal), model.BucketBits));
        File.WriteAllBytes(Path.Combine(path, "model.bin"), file);
        File.WriteAllText(Path.Combine(path, "manifest.json"), $$"""
            {"version": "stricter-v2", "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(file))}}",
             "competence": {"en": ["hate", "harassment"]}, "pairs": [{"source": "own", "label": "hate", "positives": 30, "negatives": 40, "average_precision": 0.5}],
             "sources": [{"source": "own", "train": 100, "licence": "Apache-2.0"}]}
            """);
        File.WriteAllText(Path.Combine(path, "README.md"), "# stricter-v2\nIts card.");
    }
}
