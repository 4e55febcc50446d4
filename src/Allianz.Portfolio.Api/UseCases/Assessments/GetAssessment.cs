using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Assessments;

internal static class GetAssessment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/assessments/{assessment}",
                async (string project, string assessment, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, project, assessment), ct)
            )
            .Reads<AssessmentState>("An assessment")
            .For(Right.Read(Resource.Assessment));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT {SnapshotReader.AssessmentColumns}
            FROM {from.Projects("p")} JOIN {from.History("Assessment", "a", of: "p")}
            WHERE p.Id = @id AND a.Id = (SELECT k.Id FROM Assessment k WHERE k.ProjectId = @id AND k.[Key] = @key)
            """
    );

    public sealed record Query(View View, string Project, string Key) : IRequest<AssessmentState>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, AssessmentState>
    {
        public async Task<AssessmentState> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, project, key) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(view, project, cancellationToken);
            var row = await session.FirstAsync<AssessmentStateRow>(_sql, view, new { id, key = key.ToLowerInvariant() }, cancellationToken);
            return row is null ? throw Problem.NotFound("assessment", key) : mapper.Map<AssessmentState>(row);
        }
    }
}
