using System.Diagnostics;
using Allianz.Portfolio.Api.Errors;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>Section <c>Pdf</c>.</summary>
internal sealed record PdfOptions
{
    /// <summary>The program that prints: a file. Looked for where systems put it when not set.</summary>
    public string? Chromium { get; init; }

    /// <summary>Chromium's own sandbox. When not set, on wherever Chromium has one: not for root on Linux.</summary>
    public bool? Sandbox { get; init; }

    /// <summary>Seconds that printing one report may take.</summary>
    public double Seconds { get; init; } = 300;

    /// <summary>How many finished PDFs are kept.</summary>
    public int Keep { get; init; } = 50;
}

/// <summary>
/// Prints a page with the system's Chromium, one at a time. The page is a file that needs nothing else: Chromium gets no network, no
/// environment, no profile that outlives the printing, and a limit of time. Whatever a report says, there is nothing that it could reach.
/// </summary>
internal sealed class Chromium(IOptions<PdfOptions> options, ILogger<Chromium> log) : IDisposable
{
    private static readonly string[] _places =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/usr/bin/google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Where it is; null where there is none.</summary>
    public string? Path =>
        options.Value.Chromium is { } set
            ? File.Exists(set)
                ? set
                : null
            : _places.FirstOrDefault(File.Exists);

    /// <summary>503 that says how to get it.</summary>
    public Problem Missing() =>
        Problem.NoChromium(
            options.Value.Chromium is { } set
                ? $"Pdf:Chromium is '{set}', but there is no such file."
                : "Install Chromium on the server (Debian: apt-get install chromium), or set Pdf:Chromium to its path."
        );

    /// <summary>Has the turn if nobody else has it; then <see cref="EndTurn"/> gives it back.</summary>
    public bool TakesTurn() => _turn.Wait(0);

    public void EndTurn() => _turn.Release();

    /// <summary>Prints.</summary>
    /// <param name="write">Writes the page, which needs nothing but itself.</param>
    /// <param name="written">Called when it is written and printing begins.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The PDF.</returns>
    public async Task<byte[]> PrintAsync(Func<TextWriter, Task> write, Func<Task> written, CancellationToken ct)
    {
        // For this user alone.
        var folder = Directory.CreateTempSubdirectory("portfolio-pdf-");
        try
        {
            var (page, pdf) = (
                System.IO.Path.Combine(folder.FullName, "report.html"),
                System.IO.Path.Combine(folder.FullName, "report.pdf")
            );
            await using (var writer = new StreamWriter(page))
            {
                await write(writer);
            }
            await written();
            await RunAsync(folder.FullName, page, pdf, ct);
            return await File.ReadAllBytesAsync(pdf, ct);
        }
        finally
        {
            Remove(folder);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task RunAsync(string folder, string page, string pdf, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path ?? throw Missing())
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(folder, page, pdf))
        {
            start.ArgumentList.Add(argument);
        }
        // Connection strings and keys may stand in ours.
        if (!OperatingSystem.IsWindows())
        {
            start.Environment.Clear();
            start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
            start.Environment["HOME"] = folder;
            start.Environment["TMPDIR"] = folder;
            start.Environment["LANG"] = "C.UTF-8";
        }
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Chromium did not start.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(options.Value.Seconds));
        process.StandardInput.Close();
        // Read, so that it never waits for us; told only when it goes wrong, and then not much of it.
        var said = Task.WhenAll(TailAsync(process.StandardOutput), TailAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"Chromium took more than {options.Value.Seconds} seconds (Pdf:Seconds).");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        if (process.ExitCode != 0 || !File.Exists(pdf))
        {
            log.LogWarning("Chromium ended with {Code} and said: {Said}", process.ExitCode, string.Join(" | ", await said));
            throw new InvalidOperationException($"Chromium ended with {process.ExitCode} and produced no PDF.");
        }
    }

    private IEnumerable<string> Arguments(string folder, string page, string pdf)
    {
        if (!(options.Value.Sandbox ?? !(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)))
        {
            yield return "--no-sandbox";
        }
        yield return "--headless";
        yield return "--disable-gpu";
        yield return "--disable-dev-shm-usage";
        yield return "--disable-extensions";
        yield return "--disable-background-networking";
        yield return "--disable-component-update";
        yield return "--disable-sync";
        yield return "--disable-default-apps";
        yield return "--no-first-run";
        yield return "--no-pings";
        // All it could want from a network, this machine's own services too, goes to a port where nobody listens.
        yield return "--proxy-server=127.0.0.1:1";
        yield return "--proxy-bypass-list=<-loopback>";
        yield return $"--user-data-dir={System.IO.Path.Combine(folder, "profile")}";
        yield return "--no-pdf-header-footer";
        yield return "--export-tagged-pdf";
        yield return "--generate-pdf-document-outline";
        yield return $"--print-to-pdf={pdf}";
        yield return new Uri(page).AbsoluteUri;
    }

    private static async Task<string> TailAsync(StreamReader reader)
    {
        var tail = "";
        var buffer = new char[4096];
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var read)
            {
                tail = (tail + new string(buffer, 0, read)) is { Length: > 1000 } longer
                    ? longer[^1000..]
                    : tail + new string(buffer, 0, read);
            }
        }
        catch (IOException) { }
        return tail;
    }

    private void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Folder} could not be removed: {Fault}", folder.FullName, e.Message);
        }
    }
}
