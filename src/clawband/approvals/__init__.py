"""The human in the loop: which approvals would lift a denial, and an approval's allowed life.

`hold` evaluates again under each admissible hypothesis; the evaluator is an argument, so this
package does not know policy. `lifecycle` holds the arrows between states.
"""
