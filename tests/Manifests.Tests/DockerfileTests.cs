namespace Moderation.Manifests.Tests;

/// <summary>What the images promise the chart. The images themselves are built where base images can be pulled.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.Path("Dockerfile"));

    [Fact]
    public void Bases_can_be_replaced_and_each_has_a_default()
    {
        var bases = Stages().Select(stage => stage.Base).ToList();

        Assert.Equal(["SDK_IMAGE", "VIDEO_RUNTIME_IMAGE", "RUNTIME_IMAGE"], bases);
        Assert.All(bases, name => Assert.Contains(Lines, line => line.StartsWith($"ARG {name}=", StringComparison.Ordinal)));
    }

    [Fact]
    public void Default_image_has_no_shell_and_no_package_manager()
    {
        var last = Stages()[^1];

        Assert.Equal(("service", "RUNTIME_IMAGE"), (last.Name, last.Base));
        Assert.Contains(Lines, line => line.StartsWith("ARG RUNTIME_IMAGE=", StringComparison.Ordinal) && line.EndsWith("-chiselled", StringComparison.Ordinal));
        Assert.DoesNotContain(last.Steps, step => step.StartsWith("RUN", StringComparison.Ordinal));
    }

    [Fact]
    public void Video_image_adds_ffmpeg_from_its_distribution_and_is_else_the_same()
    {
        var video = Stages().Single(stage => stage.Name == "video");
        var service = Stages().Single(stage => stage.Name == "service");
        var install = Assert.Single(video.Steps, step => step.StartsWith("RUN", StringComparison.Ordinal));

        Assert.Contains("apt-get install --yes --no-install-recommends ffmpeg", install, StringComparison.Ordinal);
        Assert.Contains("ffmpeg -hide_banner -version", install, StringComparison.Ordinal); // the build fails where it does not run
        Assert.Equal(service.Steps, video.Steps.Where(step => step != install));
        Assert.Contains("USER 1654:1654", video.Steps);
        // Installed before the user changes: apt needs root.
        Assert.True(video.Steps.IndexOf(install) < video.Steps.IndexOf("USER 1654:1654"));
    }

    [Fact]
    public void Local_cluster_gets_media_hash_with_video()
    {
        var script = File.ReadAllText(Repository.Path("k8s", "kind-up"));

        Assert.Contains("case $service in media-hash) target=video ;; *) target=service ;; esac", script, StringComparison.Ordinal);
        Assert.Contains("--target \"$target\"", script, StringComparison.Ordinal);
    }

    private static List<(string Base, string Name, List<string> Steps)> Stages()
    {
        var stages = new List<(string Base, string Name, List<string> Steps)>();
        var text = string.Join('\n', Lines.Where(line => !line.StartsWith('#'))).Replace("\\\n", " ", StringComparison.Ordinal);
        foreach (var step in text.Split('\n').Where(line => line.Length > 0))
        {
            if (step.StartsWith("FROM ", StringComparison.Ordinal))
            {
                var words = step.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
                stages.Add((words[1].Trim('$', '{', '}'), words[3], []));
            }
            else if (stages.Count > 0)
            {
                stages[^1].Steps.Add(string.Join(' ', step.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }
        }
        return stages;
    }
}
