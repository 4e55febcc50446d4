using System.Diagnostics;
using System.Formats.Tar;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>Builds of the program to measure side by side: the one of a commit, which is published once and kept, and the one of the current tree.</summary>
internal static class Builds
{
    /// <summary>The last commit before reads stopped carrying the whole portfolio.</summary>
    public const string Base = "bfe230a";

    private const string Program = "Allianz.Portfolio.Api.dll";

    /// <summary>The program as it was at a commit. Kept below <c>artifacts/</c>, so that later runs find it.</summary>
    /// <exception cref="InvalidOperationException">The commit is not in this clone, or cannot be published.</exception>
    public static async Task<string> OfCommitAsync(string commit)
    {
        var root = await RootAsync();
        var folder = Path.Combine(root, "artifacts", "bench", commit);
        var program = Path.Combine(folder, "published", Program);
        if (File.Exists(program))
        {
            return program;
        }
        if ((await RunAsync(root, "git", "cat-file", "-e", commit + "^{commit}")).ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"Commit {commit}, with which this build is compared, is not in this clone. Fetch the whole history first (git fetch --unshallow)."
            );
        }
        Console.WriteLine($"Publishing {commit} into {Path.GetRelativePath(root, folder)} (once) ...");
        var source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        var archive = Path.Combine(folder, "source.tar");
        await AuthorizeAsync(root, "git", "archive", "--output", archive, commit);
        await TarFile.ExtractToDirectoryAsync(archive, source, overwriteFiles: true);
        File.Delete(archive);
        // First beside the place where it is looked for: what was broken off is not taken for a build.
        var unfinished = Path.Combine(folder, "unfinished");
        await PublishAsync(source, unfinished);
        Directory.Move(unfinished, Path.GetDirectoryName(program)!);
        Directory.Delete(source, recursive: true);
        return program;
    }

    /// <summary>The program as it is now.</summary>
    public static async Task<string> CurrentAsync()
    {
        var root = await RootAsync();
        var folder = Path.Combine(root, "artifacts", "bench", "current");
        await PublishAsync(root, folder);
        return Path.Combine(folder, Program);
    }

    private static Task PublishAsync(string source, string folder) =>
        AuthorizeAsync(
            source,
            "dotnet",
            "publish",
            Path.Combine("src", "Allianz.Portfolio.Api"),
            "-c",
            "Release",
            "-o",
            folder,
            "-p:RunAnalyzers=false",
            "--nologo"
        );

    private static async Task<string> RootAsync() =>
        (await AuthorizeAsync(AppContext.BaseDirectory, "git", "rev-parse", "--show-toplevel")).Trim();

    private static async Task<string> AuthorizeAsync(string folder, string program, params string[] arguments)
    {
        var (exitCode, printed) = await RunAsync(folder, program, arguments);
        return exitCode == 0
            ? printed
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {exitCode}:\n{printed}");
    }

    private static async Task<(int ExitCode, string Printed)> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The run itself was started by the SDK, which tells its children where to build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
