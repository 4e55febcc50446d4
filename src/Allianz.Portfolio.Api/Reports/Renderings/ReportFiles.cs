using Allianz.Portfolio.Domain;
using Microsoft.Extensions.Caching.Memory;

namespace Allianz.Portfolio.Api.Reports.Renderings;

/// <summary>A kind of file that a report is handed out as.</summary>
/// <param name="Extension">What its name ends with.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Write">Makes it of a report and its hash.</param>
internal sealed record ReportForm(string Extension, string ContentType, Action<ReportContent, string, ReportTemplate, Stream> Write);

/// <summary>
/// Makes the files of reports. A report never changes, so a file made once is given again; few are made at once, because each takes a
/// processor for seconds and anybody may ask.
/// </summary>
internal sealed class ReportFiles(ReportTemplate template) : IDisposable
{
    private const int AtOnce = 2;
    private const long KeptBytes = 64 * 1024 * 1024;

    /// <summary>All kinds.</summary>
    public static readonly IReadOnlyList<ReportForm> Forms =
    [
        new("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", DocxReport.Write),
        new(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            (report, hash, _, output) => XlsxReport.Write(report, hash, output)
        ),
        new("csv", "text/csv; charset=utf-8", (report, _, _, output) => CsvReport.Write(report, output)),
    ];

    private static readonly string _program = typeof(ReportFiles).Module.ModuleVersionId.ToString("N")[..12];

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = KeptBytes });
    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>The ETag of a file: of the report, of what makes it and of how it is to look.</summary>
    public string TagOf(ReportForm form, string hash) => $"\"{hash[..32]}-{_program}-{template.Tag}-{form.Extension}\"";

    /// <summary>The file; the same bytes whenever it is made.</summary>
    public async Task<byte[]> MakeAsync(ReportForm form, byte[] content, string hash, CancellationToken ct)
    {
        var tag = TagOf(form, hash);
        if (_kept.TryGetValue<byte[]>(tag, out var kept))
        {
            return kept!;
        }
        await _turns.WaitAsync(ct);
        try
        {
            // Whoever was before us may have wanted the same.
            if (_kept.TryGetValue(tag, out kept))
            {
                return kept!;
            }
            var file = await Task.Run(
                () =>
                {
                    using var output = new MemoryStream();
                    form.Write(ReportContent.FromBytes(content), hash, template, output);
                    return output.ToArray();
                },
                ct
            );
            return _kept.Set(tag, file, new MemoryCacheEntryOptions { Size = file.Length });
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _turns.Dispose();
    }
}
