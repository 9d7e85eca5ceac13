"""The policy decision point: Cedar policies, their schema, evaluation and explanation.

Any error in evaluation is a denial, because Cedar skips a policy that errors and a skipped
`forbid` does not forbid. Policies are sliced by action and scope before evaluation. Every policy
carries `@id` and `@because`. `library/` holds what ships; workflow manifests compile to the rest.
"""
