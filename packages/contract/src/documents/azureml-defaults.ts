/** What azureml-core writes for those who say nothing. */

/** The CPU images of its releases, each with some date: one with CUDA was chosen by somebody. */
const USUAL_BASE_IMAGE =
  /^mcr\.microsoft\.com\/azureml\/(?:base|(?:openmpi|intelmpi)[0-9.]+-ubuntu[0-9.]+)(?:[:@].*)?$/;

/**
 * Whether azureml-core puts this base image into every environment that names none. It stands for the default base
 * image, because nobody chose it, and nothing of it is needed: Python comes with ours.
 */
export function isUsualAzuremlBaseImage(image: string): boolean {
  return USUAL_BASE_IMAGE.test(image);
}
