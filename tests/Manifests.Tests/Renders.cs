using k8s;
using Moderation.Manifests.Tests;

[assembly: AssemblyFixture(typeof(Renders))]

namespace Moderation.Manifests.Tests;

/// <summary>The real helm, and one fresh render of every scenario by <c>k8s/render</c>, shared by all tests.</summary>
public sealed class Renders : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manifests-");
    private string _helm = "";

    public async ValueTask InitializeAsync()
    {
        // Takes helm from PATH or from .tools, else fetches it; where that fails, every test here says why.
        var tool = (await Command.RunAsync(Repository.Path("k8s", "get-tools"), "helm")).RequireSuccess();
        _helm = tool.Split('\t')[1];
        (await Command.RunAsync(Repository.Path("k8s", "render"), _folder.FullName)).RequireSuccess();
    }

    /// <summary>The YAML of one scenario, as <c>k8s/render</c> writes it today.</summary>
    public string Yaml(string scenario) => File.ReadAllText(Path.Combine(_folder.FullName, $"{scenario}.yaml"));

    /// <summary>The objects of one scenario.</summary>
    internal Manifest Load(string scenario) => new(Yaml(scenario));

    internal Task<CommandResult> HelmAsync(params string[] arguments) => Command.RunAsync(_helm, arguments);

    /// <summary>helm template of one scenario with further arguments, e.g. <c>--set key=value</c>.</summary>
    internal Task<CommandResult> TemplateAsync(string scenario, params string[] arguments) => HelmAsync(
        ["template", "platform", Repository.Chart, "--namespace", "moderation", "--kube-version", "1.33.0",
            "--values", Repository.ScenarioValues(scenario), .. arguments]);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
